package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A delta while its chunks arrive. They wait outside the heap, since until the commit nobody knows
 * whether they count; all of them take no more than a whole version does.
 */
final class DeltaPatch implements AutoCloseable {
  private final WireType type;
  private final long elements;
  private final long room;
  private final List<ByteBuffer> chunks = new ArrayList<>();
  private long used;

  /**
   * @param base what it changes
   */
  DeltaPatch(WeightImage base) {
    this.type = base.type();
    this.elements = base.elements();
    this.room = base.bytes();
  }

  /**
   * Takes the next chunk.
   *
   * @return false where it is none, or there is no room for it
   */
  boolean add(ByteBuffer wire) {
    Optional<byte[]> plain = DeltaChunk.plain(wire);
    if (plain.isEmpty()
        || used + plain.get().length > room
        || !DeltaChunk.isOne(plain.get(), type, elements)) {
      return false;
    }
    chunks.add(OutsideHeap.take(plain.get().length).put(0, plain.get()));
    used += plain.get().length;
    return true;
  }

  /** Overwrites elements of a version, and keeps what they were before. */
  void apply(WeightImage version) {
    chunks.forEach(chunk -> swap(version, chunk));
  }

  /** Makes a version what it was before {@link #apply}. */
  void undo(WeightImage version) {
    for (int i = chunks.size() - 1; i >= 0; i--) {
      swap(version, chunks.get(i));
    }
  }

  private static void swap(WeightImage version, ByteBuffer chunk) {
    byte[] plain = new byte[chunk.capacity()];
    chunk.get(0, plain);
    ElementCursor cursor = new ElementCursor(version);
    DeltaChunk.visit(plain, version.type(), version.elements(), cursor::replace);
    chunk.put(0, plain);
  }

  /** Gives the memory of its chunks back. */
  @Override
  public void close() {
    chunks.forEach(OutsideHeap::free);
    chunks.clear();
  }

  /** Finds elements whose positions grow. */
  private static final class ElementCursor {
    private final WeightImage version;
    private final int width;
    private ByteBuffer tensor = ByteBuffer.allocate(0);
    private long first;
    private long end;

    ElementCursor(WeightImage version) {
      this.version = version;
      this.width = version.type().bytes();
    }

    /** Writes an element; answers what it was. */
    int replace(long position, int value) {
      if (position >= end || position < first) {
        int index = version.tensorAt(position * width);
        tensor = version.tensor(index).order(ByteOrder.LITTLE_ENDIAN);
        first = version.layouts().get(index).getOffset() / width;
        end = first + tensor.capacity() / width;
      }
      int at = (int) (position - first) * width;
      if (width == Short.BYTES) {
        int before = tensor.getShort(at) & 0xFFFF;
        tensor.putShort(at, (short) value);
        return before;
      }
      int before = tensor.getInt(at);
      tensor.putInt(at, value);
      return before;
    }
  }
}
