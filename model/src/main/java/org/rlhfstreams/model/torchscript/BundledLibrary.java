package org.rlhfstreams.model.torchscript;

import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.rlhfstreams.model.ModelException;

/**
 * The rule that PyTorch's library for GPUs finds a GPU and a CUDA runtime as new as it is. DJL
 * passes the library over otherwise and asks its home for another one.
 */
final class BundledLibrary {
  private static final String PROPERTIES = "/native/lib/pytorch.properties";

  private BundledLibrary() {}

  /**
   * Checks the library on the class path, unless another is named by PYTORCH_LIBRARY_PATH.
   *
   * @throws ModelException where it is for GPUs and would not be taken
   */
  static void requireUsable() {
    String flavor = flavor();
    if (flavor.startsWith("cu") && System.getenv("PYTORCH_LIBRARY_PATH") == null) {
      int gpus = CudaUtils.getGpuCount();
      require(flavor, gpus, gpus > 0 ? CudaUtils.getCudaVersionString() : "");
    }
  }

  /**
   * @param flavor cpu, or cu and three digits
   * @param runtime the runtime's version, in three digits
   */
  static void require(String flavor, int gpus, String runtime) {
    if (!flavor.startsWith("cu")) {
      return;
    }
    String needed = flavor.substring(2, 5);
    if (gpus == 0 || Integer.parseInt(runtime) < Integer.parseInt(needed)) {
      throw new ModelException(
          "PyTorch's library is the one for GPUs, and %s: it needs NVIDIA's driver and a CUDA runtime,"
                  .formatted(gpus == 0 ? "no GPU was found" : "CUDA is " + dotted(runtime))
              + " %s or newer, where the loader finds it (ldconfig -p | grep libcudart); without a"
                  .formatted(dotted(needed))
              + " GPU build without the Maven profile cuda");
    }
  }

  private static String dotted(String version) {
    return version.substring(0, 2) + "." + version.substring(2);
  }

  /** Cpu, or cu and three digits; empty if no library is on the class path. */
  static String flavor() {
    Properties properties = new Properties();
    try (InputStream in = BundledLibrary.class.getResourceAsStream(PROPERTIES)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("flavor", "");
  }
}
