package org.rlhfstreams.service.lineage;

/**
 * What a record says of an identity. As a number it also has a group, such as a run, and an index
 * within the record, so that it needs no object.
 */
@SuppressWarnings("EnumOrdinal") // an index in memory, which nothing keeps
enum Fact {
  /** A request asks for this response; the index is that of the sample. */
  ADMITTED,
  /** A worker has sampled it. */
  SAMPLED,
  /** It has its scores; the group is the set of scorers that it waited for. */
  SCORED,
  /** The group's scorer has said something of it. */
  GRADED,
  /** A step of the group's run has learned from it; the index is that within the step. */
  LEARNED,
  /** A dead letter says why it never will be; the group is the reason. */
  GIVEN_UP,
  /** The same, of a response of which nobody needs another: its group's loss has been counted. */
  GIVEN_UP_TOO,
  /**
   * Weights of this version have drawn tokens; the group is their generation, the index their step.
   */
  USED,
  /** Weights of this version were made. */
  MADE,
  /** The group's run has done this step; the index is its number. */
  STEPPED,
  /** A preference was published. */
  PREFERRED,
  /** It was taken back. */
  WITHDRAWN,
  /**
   * A step of the group's run has learned from it; the index is that within the step, times the
   * number of parts, and the part.
   */
  FOLLOWED,
  /** The group's run keeps it to be judged by. */
  HELD_OUT,
  /** A dead letter says why it cannot be learned from. */
  REFUSED,
  /** Somebody has judged this comparison. */
  JUDGED,
  /** A preference says that people have answered this comparison. */
  ANSWERED;

  private static final Fact[] VALUES = values();
  private static final int FACT_SHIFT = 56;
  private static final int GROUP_SHIFT = 32;

  /** Groups of a fact at most. */
  static final int MOST_GROUPS = 1 << 16;

  /**
   * As a number; numbers are in the order of the facts.
   *
   * @param group 0 to {@link #MOST_GROUPS} - 1
   * @param index 0 or more
   */
  long code(int group, int index) {
    return ((long) ordinal() << FACT_SHIFT) | ((long) group << GROUP_SHIFT) | index;
  }

  static Fact of(long code) {
    return VALUES[(int) (code >>> FACT_SHIFT)];
  }

  static int group(long code) {
    return (int) (code >>> GROUP_SHIFT) & (MOST_GROUPS - 1);
  }

  static int index(long code) {
    return (int) code;
  }
}
