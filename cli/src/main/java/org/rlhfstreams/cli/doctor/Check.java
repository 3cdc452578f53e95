package org.rlhfstreams.cli.doctor;

import java.util.List;

/** Judges something that was measured before: the same measurement, the same lines. */
@FunctionalInterface
public interface Check {
  /** What there is to say, a line each. */
  List<Diagnosis> diagnoses();
}
