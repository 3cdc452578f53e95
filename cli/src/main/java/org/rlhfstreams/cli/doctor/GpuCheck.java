package org.rlhfstreams.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.TorchRuntime;

/**
 * GPUs of this machine are used.
 *
 * @param machine GPUs that NVIDIA's driver shows
 * @param usable GPUs that PyTorch can compute on
 * @param flavor of PyTorch's native library: cpu, or cu and three digits
 * @param device {@code model.device}
 */
public record GpuCheck(int machine, int usable, String flavor, String device) implements Check {
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/gpus");

  /**
   * Of this machine.
   *
   * @param device {@code model.device}
   * @param loaded whether PyTorch could be loaded
   */
  public static GpuCheck measure(String device, boolean loaded) {
    return new GpuCheck(
        driverGpus(), loaded ? ComputeDevice.gpus() : 0, TorchRuntime.flavor(), device);
  }

  private static int driverGpus() {
    if (!Files.isDirectory(DRIVER)) {
      return 0;
    }
    try (Stream<Path> gpus = Files.list(DRIVER)) {
      return (int) gpus.count();
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public List<Diagnosis> diagnoses() {
    return List.of(diagnosis());
  }

  private Diagnosis diagnosis() {
    boolean cuda = flavor.startsWith("cu");
    boolean unwanted = device.equalsIgnoreCase("cpu");
    if (usable > 0) {
      String fact = count(usable) + ", PyTorch's library is " + flavor;
      return unwanted
          ? Diagnosis.note("GPU", fact + ", and model.device = cpu", "model.device = auto uses one")
          : Diagnosis.ok("GPU", fact);
    }
    if (machine == 0) {
      return device.toLowerCase(Locale.ROOT).startsWith("cuda")
          ? Diagnosis.problem(
              "GPU", "none, and model.device = " + device, "set model.device to auto or cpu")
          : Diagnosis.note("GPU", "none: models compute on the CPU", "");
    }
    if (unwanted) {
      return Diagnosis.note("GPU", count(machine) + ", not used: model.device = cpu", "");
    }
    return cuda
        ? Diagnosis.problem(
            "GPU",
            count(machine) + ", but CUDA's runtime is missing or older than " + flavor,
            "ldconfig -p | grep libcudart has to show one of 12.8 or newer")
        : Diagnosis.problem(
            "GPU",
            count(machine) + ", but PyTorch's library is the one for CPUs",
            "mvn -Pcuda -DskipTests package builds with the one for CUDA, model.device = cpu goes without");
  }

  private static String count(int gpus) {
    return gpus == 1 ? "1 GPU" : gpus + " GPUs";
  }
}
