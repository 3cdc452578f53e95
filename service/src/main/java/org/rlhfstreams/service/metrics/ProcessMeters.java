package org.rlhfstreams.service.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory and load of the process. Tensors are no part of the Java machine's own accounts, so what
 * they take is what is resident beyond those.
 */
public final class ProcessMeters implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  private final JvmGcMetrics collections = new JvmGcMetrics();

  public ProcessMeters(MeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      Gauge.builder("rlhf.process.memory.limit", system, OperatingSystemMXBean::getTotalMemorySize)
          .description("Memory that the process may have: its container's limit, or the machine's")
          .baseUnit("bytes")
          .register(registry);
    }
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    Gauge.builder("rlhf.process.resident.memory", ProcessMeters::resident)
        .description("Memory of the process that is in the machine's")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder(
            "rlhf.process.native.memory",
            () ->
                Math.max(
                    0,
                    resident()
                        - memory.getHeapMemoryUsage().getCommitted()
                        - memory.getNonHeapMemoryUsage().getCommitted()))
        .description("Resident memory beyond heap, classes and code: tensors, for the most part")
        .baseUnit("bytes")
        .register(registry);
  }

  /** NaN where the system does not say. */
  private static double resident() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  @Override
  public void close() {
    collections.close();
  }
}
