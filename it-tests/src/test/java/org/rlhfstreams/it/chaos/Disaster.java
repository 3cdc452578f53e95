package org.rlhfstreams.it.chaos;

/** What can happen to a run. */
enum Disaster {
  /** SIGKILL of a role, which starts again. */
  KILL(4),
  /** SIGKILL of the learner between a version's weights and the commit that makes them count. */
  TORN_WEIGHTS(1),
  /** SIGSTOP of a role beyond every time-out, and on again. */
  PAUSE(3),
  /** The learner rests beyond every time-out while another takes its place; then it goes on. */
  TAKEOVER(1),
  /** SIGKILL of broker and registry, which start again. */
  BROKER(2),
  /** The registry is away while a role starts. */
  REGISTRY(1),
  /** Nothing comes through between a role and the broker. */
  CUT(3),
  /** The disk is full where the learner keeps its checkpoints. */
  FULL_DISK(1),
  /** The wall clock of a role steps. */
  CLOCK(2),
  /** A worker or a scorer gets no more memory from the operating system. */
  MEMORY(2);

  private final int weight;

  Disaster(int weight) {
    this.weight = weight;
  }

  /** How often it is drawn, as against others. */
  int weight() {
    return weight;
  }
}
