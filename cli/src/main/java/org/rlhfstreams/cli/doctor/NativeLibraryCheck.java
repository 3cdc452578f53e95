package org.rlhfstreams.cli.doctor;

import ai.djl.engine.Engine;
import ai.djl.util.Utils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.model.torchscript.TorchRuntime;

/**
 * PyTorch's native library can be unpacked and loaded.
 *
 * @param cache where it is unpacked
 * @param writable whether this user may write there
 * @param version of PyTorch; empty if it is not loaded
 * @param threads that one tensor operation uses
 * @param failure why it is not loaded, if it is not
 */
public record NativeLibraryCheck(
    Path cache, boolean writable, String version, int threads, Optional<String> failure)
    implements Check {

  /** Loads it, which takes a second or two. */
  public static NativeLibraryCheck measure() {
    Path cache = Utils.getEngineCacheDir("pytorch");
    Path existing = DiskCheck.existing(cache);
    boolean writable = Files.isDirectory(existing) && Files.isWritable(existing);
    try {
      TorchRuntime.prepare();
      return new NativeLibraryCheck(
          cache,
          writable,
          Engine.getEngine("PyTorch").getVersion(),
          TorchRuntime.threads(),
          Optional.empty());
    } catch (RuntimeException | LinkageError e) {
      return new NativeLibraryCheck(cache, writable, "", 0, Optional.of(reason(e)));
    }
  }

  private static String reason(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  @Override
  public List<Diagnosis> diagnoses() {
    return List.of(
        writable
            ? Diagnosis.ok("native cache", cache + " can be written to")
            : failure.isEmpty()
                ? Diagnosis.note(
                    "native cache",
                    cache + " cannot be written to, and has the library already",
                    "DJL_CACHE_DIR=DIR names another for the next release")
                : Diagnosis.problem(
                    "native cache",
                    cache + " cannot be written to",
                    "set DJL_CACHE_DIR to a directory that can, on a disk that programs may run from"),
        failure.isEmpty()
            ? Diagnosis.ok(
                "PyTorch", String.format(Locale.ROOT, "%s, %d threads", version, threads))
            : Diagnosis.problem(
                "PyTorch",
                "its native library cannot be loaded (" + failure.get() + ")",
                "delete "
                    + cache
                    + " to unpack it anew, or set PYTORCH_LIBRARY_PATH to PyTorch's libraries"));
  }
}
