package org.rlhfstreams.schemas;

/**
 * What events mean. Schemas say which fields there are, and evolve by themselves; this number is
 * raised where a release means something else by a field that is there. Each version of weights
 * carries it, and a worker does not join a learner of another one.
 */
public final class EventProtocol {
  /** Of this release. */
  public static final int VERSION = 2;

  private EventProtocol() {}
}
