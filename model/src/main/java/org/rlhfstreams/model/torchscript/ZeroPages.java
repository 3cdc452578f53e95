package org.rlhfstreams.model.torchscript;

import ai.djl.ndarray.NDArray;
import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sets tensors to zero by giving their memory back to the system: Linux backs a page of zeros with
 * nothing until somebody writes to it. Gradients of a large model are all zeros from one update to
 * the next backward pass, which is when other roles of the process need memory.
 */
public final class ZeroPages {
  // A page that comes back costs a fault; for a small model that is not worth its memory.
  private static final long LEAST_IN_ALL = 128L << 20;
  private static final int LEAST = 1 << 20;
  private static final int DONTNEED = 4; // MADV_DONTNEED of Linux
  private static final ZeroPages SYSTEM = new ZeroPages(LEAST_IN_ALL, Discard.find());

  private final long leastInAll;
  private final Optional<Discard> discard;

  private ZeroPages(long leastInAll, Optional<Discard> discard) {
    this.leastInAll = leastInAll;
    this.discard = discard;
  }

  /** For tensors that take 128 MiB or more together; clears nothing on a GPU or outside Linux. */
  public static ZeroPages ofSystem() {
    return SYSTEM;
  }

  /**
   * The same with another limit.
   *
   * @param leastInAll bytes that the tensors take together, at least
   */
  static ZeroPages from(long leastInAll) {
    return new ZeroPages(leastInAll, SYSTEM.discard);
  }

  /**
   * Clears the tensors of 1 MiB or more, if all of them together are worth it.
   *
   * @param tensors contiguous; nobody computes with them now
   * @return those that it has not cleared
   */
  public List<NDArray> clear(List<NDArray> tensors) {
    if (discard.isEmpty() || ComputeDevice.isGpu() || bytes(tensors) < leastInAll) {
      return tensors;
    }
    List<NDArray> others = new ArrayList<>();
    for (NDArray tensor : tensors) {
      if (bytes(tensor) < LEAST || !discard.get().zero(tensor.toByteBuffer(true))) {
        others.add(tensor);
      }
    }
    return others;
  }

  private static long bytes(List<NDArray> tensors) {
    return tensors.stream().mapToLong(ZeroPages::bytes).sum();
  }

  private static long bytes(NDArray tensor) {
    return tensor.size() * tensor.getDataType().getNumOfBytes();
  }

  /** The system's way to drop the content of pages. */
  private record Discard(Function advise, int pageSize) {
    /** Empty if the system has none, or does not read zeros afterwards. */
    static Optional<Discard> find() {
      if (!Platform.isLinux()) {
        return Optional.empty();
      }
      try {
        NativeLibrary process = NativeLibrary.getProcess();
        int pageSize = process.getFunction("getpagesize").invokeInt(new Object[0]);
        Discard found = new Discard(process.getFunction("madvise"), pageSize);
        return found.works() ? Optional.of(found) : Optional.empty();
      } catch (UnsatisfiedLinkError e) {
        return Optional.empty();
      }
    }

    private boolean works() {
      ByteBuffer bytes = ByteBuffer.allocateDirect(LEAST);
      for (int i = 0; i < LEAST; i++) {
        bytes.put(i, (byte) 1);
      }
      return zero(bytes) && bytes.mismatch(ByteBuffer.allocate(LEAST)) < 0;
    }

    /**
     * Sets bytes to zero: whole pages by dropping them, what comes before and after by writing.
     *
     * @param bytes in native memory, private to the process
     * @return false if the system refuses; the bytes are as they were then
     */
    boolean zero(ByteBuffer bytes) {
      long begin = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
      long end = begin + bytes.capacity();
      long first = (begin + pageSize - 1) / pageSize * pageSize;
      long last = end / pageSize * pageSize;
      if (last <= first
          || advise.invokeInt(new Object[] {new Pointer(first), last - first, DONTNEED}) != 0) {
        return false;
      }
      for (long at = begin; at < first; at++) {
        bytes.put((int) (at - begin), (byte) 0);
      }
      for (long at = last; at < end; at++) {
        bytes.put((int) (at - begin), (byte) 0);
      }
      return true;
    }
  }
}
