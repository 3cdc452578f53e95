package org.rlhfstreams.model.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.stream.Collectors;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rule that what is begun fits into the memory of this machine, or of this container. */
public final class MachineMemory {
  private static final Logger LOG = LoggerFactory.getLogger(MachineMemory.class);

  private MachineMemory() {}

  /** All of it, in bytes. */
  public static long bytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /**
   * Checks a prediction; a GPU has memory of its own, which is not looked at.
   *
   * @param needs of all roles of this process
   * @param task for the message, as {@code training DIR}
   * @param goOn whether it is only said
   * @throws ModelException if the machine has less
   */
  public static void require(MemoryNeeds needs, String task, boolean goOn) {
    MemoryNeeds all = needs.withProcess(Runtime.getRuntime().maxMemory());
    if (all.bytes() <= bytes() || ComputeDevice.gpus() > 0) {
      return;
    }
    String said =
        String.format(
            Locale.ROOT,
            "%s needs %,.1f GB of memory, and this machine has %,.1f GB:%n%s%n%s",
            task,
            all.bytes() / 1e9,
            bytes() / 1e9,
            String.join(System.lineSeparator(), all.lines()),
            advice(all));
    if (goOn) {
      LOG.warn("{}", said);
      return;
    }
    throw new ModelException(said + "; --force goes on all the same");
  }

  private static String advice(MemoryNeeds needs) {
    String savings =
        needs.best().stream()
            .map(
                saving ->
                    String.format(
                        Locale.ROOT, "%s saves %,.1f GB", saving.setting(), saving.bytes() / 1e9))
            .collect(Collectors.joining(", "));
    return savings.isEmpty()
        ? "take a smaller model or a larger machine"
        : "what helps: " + savings + ", a smaller model or a larger machine";
  }
}
