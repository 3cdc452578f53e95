package org.rlhfstreams.service.lineage;

import java.nio.file.Path;

/**
 * How an audit is made.
 *
 * @param directory of the temporary file; about 130 bytes a rollout, if they do not fit in memory
 * @param threads that read and count, 1 or more
 * @param weights whether the versions of the policy that are kept are read too
 */
public record AuditSettings(Path directory, int threads, boolean weights) {
  /** Each thread holds a fetch, its records and what it has entered: some megabytes. */
  private static final int MOST_THREADS = 16;

  /** Two threads a processor, since they wait for the broker too; everything is read. */
  public static AuditSettings usual() {
    return new AuditSettings(
        Path.of(System.getProperty("java.io.tmpdir")),
        Math.min(MOST_THREADS, 2 * Runtime.getRuntime().availableProcessors()),
        true);
  }
}
