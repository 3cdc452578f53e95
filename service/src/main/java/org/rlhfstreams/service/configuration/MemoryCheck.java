package org.rlhfstreams.service.configuration;

/** What a process does that will need more memory than there is. */
public enum MemoryCheck {
  /** Ends before it loads anything. */
  REFUSE,
  /** Says so and goes on. */
  WARN;

  /** Whether too little memory is only said. */
  public boolean goesOn() {
    return this == WARN;
  }
}
