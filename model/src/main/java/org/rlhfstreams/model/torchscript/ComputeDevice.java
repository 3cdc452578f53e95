package org.rlhfstreams.model.torchscript;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlhfstreams.model.ModelException;

/**
 * Where tensors live and are computed: one device a process, a GPU where there is one unless
 * another is chosen before the first model is loaded.
 */
public final class ComputeDevice {
  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d+))?");
  private static Device chosen;

  private ComputeDevice() {}

  /**
   * Chooses the device.
   *
   * @param name auto, cpu, cuda or cuda:N
   * @throws ModelException where the name is not one of these, or there is no such GPU
   */
  public static synchronized void select(String name) {
    chosen = find(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Checks that a device is there, and chooses none. Cheap for what every machine has.
   *
   * @param name auto, cpu, cuda or cuda:N
   * @throws ModelException where the name is not one of these, or there is no such GPU
   */
  public static void require(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    if (!plain.equals("auto") && !plain.equals("cpu")) {
      find(plain);
    }
  }

  /** How many GPUs this process sees. */
  public static int gpus() {
    TorchRuntime.prepare();
    return Engine.getEngine("PyTorch").getGpuCount();
  }

  private static Device find(String name) {
    int gpus = gpus();
    if (name.equals("auto")) {
      return gpus > 0 ? Device.gpu() : Device.cpu();
    }
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    Matcher cuda = CUDA.matcher(name);
    if (!cuda.matches()) {
      throw new ModelException("device \"" + name + "\" is not known: say auto, cpu or cuda:N");
    }
    int number = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
    if (number >= gpus) {
      throw new ModelException(
          String.format(
                  Locale.ROOT,
                  "device %s is not there: %d GPUs were found; set device to auto or cpu, or build"
                      + " with the",
                  name,
                  gpus)
              + " Maven profile cuda, which brings PyTorch's CUDA library");
    }
    return Device.gpu(number);
  }

  private static synchronized Device current() {
    if (chosen == null) {
      chosen = find("auto");
    }
    return chosen;
  }

  /** A manager whose tensors live on the device. */
  public static NDManager newManager() {
    return NDManager.newBaseManager(current(), "PyTorch");
  }

  /** A manager whose tensors live in ordinary memory. */
  public static NDManager newHostManager() {
    return NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  /** Whether it is a GPU. */
  public static boolean isGpu() {
    return current().isGpu();
  }

  /** Whether weights can be laid out by oneDNN: on x86 processors. */
  public static boolean packsWeights() {
    String architecture = System.getProperty("os.arch");
    return !isGpu() && (architecture.equals("amd64") || architecture.equals("x86_64"));
  }

  static Device device() {
    return current();
  }
}
