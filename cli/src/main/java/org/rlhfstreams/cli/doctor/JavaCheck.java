package org.rlhfstreams.cli.doctor;

import java.util.List;

/**
 * Java is new enough.
 *
 * @param feature the version, such as 17
 */
public record JavaCheck(int feature) implements Check {
  private static final int NEEDED = 17;

  /** Of this process. */
  public static JavaCheck measure() {
    return new JavaCheck(Runtime.version().feature());
  }

  @Override
  public List<Diagnosis> diagnoses() {
    return List.of(
        feature >= NEEDED
            ? Diagnosis.ok("Java", String.valueOf(feature))
            : Diagnosis.problem(
                "Java",
                feature + ", and 17 or later is needed",
                "apt-get install openjdk-17-jdk, and set JAVA_HOME to it"));
  }
}
