package org.rlhfstreams.cli.doctor;

import java.util.List;
import java.util.Locale;
import org.rlhfstreams.model.memory.MachineMemory;

/**
 * Processor cores and memory, of the container if this is one.
 *
 * @param cores that this process may use
 * @param memory bytes
 */
public record MachineCheck(int cores, long memory) implements Check {
  private static final long DEMO = 3_000_000_000L;

  /** Of this machine or container. */
  public static MachineCheck measure() {
    return new MachineCheck(Runtime.getRuntime().availableProcessors(), MachineMemory.bytes());
  }

  @Override
  public List<Diagnosis> diagnoses() {
    String bytes = String.format(Locale.ROOT, "%.1f GB", memory / 1e9);
    return List.of(
        cores > 1
            ? Diagnosis.ok("cores", String.valueOf(cores))
            : Diagnosis.note(
                "cores",
                "1, so sampling, scoring and learning take turns",
                "give the machine or the container (--cpus) two or more"),
        memory >= DEMO
            ? Diagnosis.ok("memory", bytes)
            : Diagnosis.problem(
                "memory",
                bytes + ", and the demo with its small model needs 3.0 GB",
                "give the machine or the container (--memory) more"));
  }
}
