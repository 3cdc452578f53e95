package org.rlhfstreams.model.torchscript;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/** The settings that PyTorch needs before first use, and on each thread that calls it. */
public final class TorchRuntime {
  private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(() -> false);

  private static boolean loaded;

  private TorchRuntime() {}

  /**
   * Loads the native library; the first call takes a second or two.
   *
   * @throws org.rlhfstreams.model.ModelException where it is the one for GPUs, and there is none
   */
  public static synchronized void prepare() {
    if (!loaded) {
      BundledLibrary.requireUsable();
      // Otherwise DJL asks its home for versions and reports usage.
      System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
      System.setProperty("OPT_OUT_TRACKING", System.getProperty("OPT_OUT_TRACKING", "true"));
      Engine.getEngine("PyTorch");
      loaded = true;
    }
  }

  /** Of the native library: cpu, or cu and three digits; empty if it is not on the class path. */
  public static String flavor() {
    return BundledLibrary.flavor();
  }

  /** Threads that one tensor operation uses. */
  public static int threads() {
    prepare();
    return JniUtils.getNumThreads();
  }

  static void prepareThread(boolean gradient) {
    if (!PREPARED.get()) {
      prepare();
      // The profiling executor recompiles whenever shapes change: 2 to 4 times slower here.
      JniUtils.setGraphExecutorOptimize(false);
      PREPARED.set(true);
    }
    JniUtils.setGradMode(gradient);
  }
}
