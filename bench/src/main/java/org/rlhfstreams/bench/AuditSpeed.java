package org.rlhfstreams.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.Account;
import org.rlhfstreams.service.lineage.Audit;
import org.rlhfstreams.service.lineage.AuditFigures;
import org.rlhfstreams.service.lineage.Problem;

/**
 * Fills a log with rollouts of the demo's size that were all scored and learned from, and audits it
 * from another process on the same machine, three times.
 */
public final class AuditSpeed {
  private static final int ROUNDS = 3;

  private AuditSpeed() {}

  /**
   * Arguments: rollouts, and the heap of the process that audits in MB; for that process itself:
   * {@code read}, broker, registry and rollouts.
   */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    if (arguments[0].equals("read")) {
      read(arguments[1], arguments[2], Long.parseLong(arguments[3]));
      System.exit(0);
    }
    int rollouts = Integer.parseInt(arguments[0]);
    Path directory = Files.createTempDirectory("audit-speed");
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection =
          Cluster.connect(
              RlhfConfiguration.of(new HashMap<>(Cluster.address(stack))),
              Role.SETUP,
              message -> {});
      long started = System.nanoTime();
      RecordedRun.fill(connection, rollouts);
      System.out.printf(
          Locale.ROOT,
          "%,d rollouts of %d tokens written in %.0f s%n",
          rollouts,
          RecordedRun.TOKENS,
          (System.nanoTime() - started) / 1e9);
      Process audit =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC", // as the launcher has it
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx" + arguments[1] + "m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  AuditSpeed.class.getName(),
                  "read",
                  stack.bootstrapServers(),
                  stack.schemaRegistryUrl(),
                  String.valueOf(rollouts))
              .inheritIO()
              .start();
      if (audit.waitFor() != 0) {
        throw new IOException("the audit failed");
      }
    }
    System.exit(0);
  }

  private static void read(String broker, String registry, long rollouts) throws Exception {
    KafkaConnection connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers",
                    broker,
                    "connection.schema-registry-url",
                    registry)));
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    for (int round = 1; round <= ROUNDS; round++) {
      long processorBefore = system.getProcessCpuTime();
      Audit audit = new Audit(connection);
      Account account = audit.account();
      if (!account.balances() || account.count(Account.Stage.LEARNED) != rollouts) {
        for (Problem problem : Problem.values()) {
          account.told(problem, 3).forEach(System.out::println);
        }
        throw new IOException(
            "the account does not balance: " + account.count(Account.Stage.LEARNED));
      }
      AuditFigures figures = audit.figures();
      double seconds = figures.readSeconds() + figures.countSeconds();
      System.out.printf(
          Locale.ROOT,
          "round %d: %,.0f rollouts/s: %,d records, %,.0f MB, read in %.1f s, counted in %.1f s;"
              + " %.1f s of processor here; temporary file %,.0f MB%n",
          round,
          rollouts / seconds,
          figures.records(),
          figures.bytes() / 1e6,
          figures.readSeconds(),
          figures.countSeconds(),
          (system.getProcessCpuTime() - processorBefore) / 1e9,
          figures.fileBytes() / 1e6);
    }
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      heap += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "peak heap %,.0f MB of %,.0f, garbage included; peak resident memory %s%n",
        heap / 1e6,
        Runtime.getRuntime().maxMemory() / 1e6,
        peakResident());
  }

  private static String peakResident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return String.format(
            Locale.ROOT, "%,.0f MB", Long.parseLong(line.replaceAll("\\D", "")) / 1e3);
      }
    }
    return "unknown";
  }
}
