package org.rlhfstreams.model.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/** The rule that what is begun fits into the memory of this machine, or of this container. */
public final class MachineMemory {
  private MachineMemory() {}

  /** All of it, in bytes. */
  public static long bytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /**
   * Checks a prediction; a GPU has memory of its own, which is not looked at.
   *
   * @param least what the task needs at the least
   * @param task for the message, as {@code training DIR}
   * @param advice what to do instead
   * @throws ModelException if the machine has less
   */
  public static void require(MemoryEstimate least, String task, String advice) {
    if (least.bytes() > bytes() && ComputeDevice.gpus() == 0) {
      throw new ModelException(
          String.format(
              Locale.ROOT,
              "%s needs %,.1f GB of memory at the least, and this machine has %,.1f GB: %s"
                  + " (rlhf model info shows what needs how much)",
              task,
              least.bytes() / 1e9,
              bytes() / 1e9,
              advice));
    }
  }
}
