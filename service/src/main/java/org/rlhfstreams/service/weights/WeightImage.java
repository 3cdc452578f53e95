package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightVersion;

/**
 * The bytes of a version in memory outside the Java heap, in the order of its header: written by
 * one thread while nobody reads, read by any number of others while nobody writes. Its memory goes
 * back when who writes says so, or with the object.
 */
final class WeightImage {
  private static final int MANY = 1 << 20;
  private static final int ASK_AGAIN_MILLISECONDS = 50;

  private final List<TensorLayout> layouts;
  private final WireType type;
  private final List<ByteBuffer> tensors = new ArrayList<>();
  private final long bytes;
  private final Semaphore readers = new Semaphore(MANY, true);
  private volatile WeightVersion version;

  /**
   * Takes the memory.
   *
   * @param layouts for which {@link HeaderRules} has found no problem
   */
  WeightImage(List<TensorLayout> layouts) {
    this.layouts = List.copyOf(layouts);
    this.type =
        layouts.isEmpty() ? WireType.BF16 : WireType.named(layouts.get(0).getDtype()).orElseThrow();
    long sum = 0;
    for (TensorLayout layout : layouts) {
      tensors.add(OutsideHeap.take(Math.toIntExact(layout.getLength())));
      sum += layout.getLength();
    }
    this.bytes = sum;
  }

  /** Whether a version of these tensors, in this order, has room here. */
  boolean fits(List<TensorLayout> others) {
    return layouts.equals(others);
  }

  List<TensorLayout> layouts() {
    return layouts;
  }

  WireType type() {
    return type;
  }

  /** Bytes of all tensors. */
  long bytes() {
    return bytes;
  }

  /** Elements of all tensors. */
  long elements() {
    return bytes / type.bytes();
  }

  /** The bytes of one; its position and limit are the caller's. */
  ByteBuffer tensor(int index) {
    return tensors.get(index).duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Says what it holds; for who writes.
   *
   * @param held null while it holds no version
   */
  void holds(WeightVersion held) {
    version = held;
  }

  /** Begins to read a version, unless somebody writes, or it holds another one. */
  boolean beginReading(WeightVersion wanted) {
    if (!readers.tryAcquire()) {
      return false;
    }
    if (wanted.equals(version)) {
      return true;
    }
    readers.release();
    return false;
  }

  void endReading() {
    readers.release();
  }

  /**
   * Waits until nobody reads, and keeps readers away.
   *
   * @return false if {@code stopped} said so first
   */
  boolean beginWriting(BooleanSupplier stopped) {
    try {
      while (!readers.tryAcquire(MANY, ASK_AGAIN_MILLISECONDS, TimeUnit.MILLISECONDS)) {
        if (stopped.getAsBoolean()) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void endWriting() {
    readers.release(MANY);
  }

  /**
   * Gives the memory back unless somebody reads it; nobody can begin to afterwards.
   *
   * @return whether it is given back
   */
  boolean freeUnlessRead() {
    if (!readers.tryAcquire(MANY)) {
      return false;
    }
    free();
    return true;
  }

  /** Gives the memory back, for who writes: that does not end then, so that nobody reads. */
  void free() {
    tensors.forEach(OutsideHeap::free);
    tensors.clear();
  }

  /**
   * Writes bytes from a position on.
   *
   * @param position in the bytes of all tensors, one after another
   */
  void put(long position, ByteBuffer data) {
    ByteBuffer rest = data.duplicate();
    transfer(
        position,
        rest.remaining(),
        (tensor, at, count) -> {
          tensor.put(at, rest, rest.position(), count);
          rest.position(rest.position() + count);
        });
  }

  /** Reads bytes from a position on, as many as {@code target} has room for. */
  void get(long position, ByteBuffer target) {
    ByteBuffer room = target.duplicate();
    transfer(
        position,
        room.remaining(),
        (tensor, at, count) -> room.put(tensor.position(at).limit(at + count)));
  }

  @FunctionalInterface
  private interface Piece {
    void of(ByteBuffer tensor, int at, int count);
  }

  private void transfer(long position, int length, Piece piece) {
    int index = tensorAt(position);
    long left = length;
    long at = position - (left == 0 ? 0 : layouts.get(index).getOffset());
    while (left > 0) {
      ByteBuffer tensor = tensor(index++);
      int count = (int) Math.min(left, tensor.capacity() - at);
      piece.of(tensor, (int) at, count);
      left -= count;
      at = 0;
    }
  }

  /** Index of the tensor that a byte belongs to. */
  int tensorAt(long position) {
    int low = 0;
    int high = layouts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (layouts.get(middle).getOffset() <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** SHA-256 of all bytes, in hexadecimal. */
  String sha256() {
    WeightDigest digest = new WeightDigest();
    for (int i = 0; i < tensors.size(); i++) {
      digest.add(tensor(i));
    }
    return digest.hexadecimal();
  }

  /** Takes the bytes of a version, one tensor each. */
  void take(List<PublishedTensor> version) {
    for (int i = 0; i < version.size(); i++) {
      ByteBuffer target = tensor(i);
      version.get(i).reading().with(target::put);
    }
  }
}
