package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A delta while its chunks arrive. They wait in memory that has room for a whole version, since
 * until the commit nobody knows whether they count.
 */
final class DeltaPatch {
  private final WeightImage room;
  private final List<Integer> lengths = new ArrayList<>();
  private long used;

  /**
   * @param room with the tensors of the version; its bytes are overwritten
   */
  DeltaPatch(WeightImage room) {
    this.room = room;
  }

  /**
   * Takes the next chunk.
   *
   * @return false where it is none, or there is no room for it
   */
  boolean add(ByteBuffer wire) {
    Optional<byte[]> plain = DeltaChunk.plain(wire);
    if (plain.isEmpty()
        || used + plain.get().length > room.bytes()
        || !DeltaChunk.isOne(plain.get(), room.type(), room.elements())) {
      return false;
    }
    room.put(used, ByteBuffer.wrap(plain.get()));
    lengths.add(plain.get().length);
    used += plain.get().length;
    return true;
  }

  /** Overwrites elements of a version, and keeps what they were before. */
  void apply(WeightImage version) {
    long at = 0;
    for (int length : lengths) {
      swap(version, at, length);
      at += length;
    }
  }

  /** Makes a version what it was before {@link #apply}. */
  void undo(WeightImage version) {
    long at = used;
    for (int i = lengths.size() - 1; i >= 0; i--) {
      at -= lengths.get(i);
      swap(version, at, lengths.get(i));
    }
  }

  private void swap(WeightImage version, long at, int length) {
    byte[] plain = new byte[length];
    room.get(at, ByteBuffer.wrap(plain));
    ElementCursor cursor = new ElementCursor(version);
    DeltaChunk.visit(plain, version.type(), version.elements(), cursor::replace);
    room.put(at, ByteBuffer.wrap(plain));
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
