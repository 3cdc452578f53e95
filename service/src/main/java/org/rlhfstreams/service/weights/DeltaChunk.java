package org.rlhfstreams.service.weights;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A stretch of a delta: elements to overwrite. Its bytes, little-endian: the position of the first
 * element (8), how many elements (4), the gap to each of the others (LEB128, at least 1), then the
 * lowest byte of every value, the next of every value, and so on, since bytes of one significance
 * are like each other. On the wire a byte says whether that is compressed with zstd, and if so,
 * four say what it comes to.
 */
final class DeltaChunk {
  /** The most that a chunk has before it is compressed. */
  static final int LARGEST = 900_000;

  private static final int HEAD = Long.BYTES + Integer.BYTES;
  private static final int LONGEST_GAP = 10;
  private static final int LEVEL = 1;
  private static final byte PLAIN = 0;
  private static final byte ZSTD = 1;

  private DeltaChunk() {}

  /** Puts chunks together. */
  static final class Writer {
    private final int width;
    private final byte[] gaps = new byte[LARGEST];
    private final byte[][] planes;
    private long first;
    private long last;
    private int count;
    private int gapBytes;

    Writer(WireType type) {
      this.width = type.bytes();
      this.planes = new byte[width][LARGEST / width];
    }

    /** Whether there may be no room for another element. */
    boolean isFull() {
      return HEAD + gapBytes + LONGEST_GAP + (count + 1) * width > LARGEST;
    }

    boolean isEmpty() {
      return count == 0;
    }

    /**
     * Adds an element, where there is room.
     *
     * @param position in elements, larger than that of the one before
     * @param value its bits
     */
    void add(long position, int value) {
      if (count == 0) {
        first = position;
      } else {
        long gap = position - last;
        while (gap >= 0x80) {
          gaps[gapBytes++] = (byte) (gap | 0x80);
          gap >>>= 7;
        }
        gaps[gapBytes++] = (byte) gap;
      }
      last = position;
      for (int i = 0; i < width; i++) {
        planes[i][count] = (byte) (value >>> (8 * i));
      }
      count++;
    }

    /** Bytes before they are compressed. */
    int length() {
      return HEAD + gapBytes + count * width;
    }

    /** Begins the next chunk. */
    void clear() {
      count = 0;
      gapBytes = 0;
    }

    /** The chunk as it is sent. */
    ByteBuffer toWire() {
      byte[] plain = new byte[length()];
      ByteBuffer out = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
      out.putLong(first).putInt(count).put(gaps, 0, gapBytes);
      for (byte[] plane : planes) {
        out.put(plane, 0, count);
      }
      byte[] compressed = Zstd.compress(plain, LEVEL);
      boolean pays = compressed.length + Integer.BYTES < plain.length;
      ByteBuffer wire =
          ByteBuffer.allocate(1 + (pays ? Integer.BYTES + compressed.length : plain.length))
              .order(ByteOrder.LITTLE_ENDIAN);
      if (pays) {
        wire.put(ZSTD).putInt(plain.length).put(compressed);
      } else {
        wire.put(PLAIN).put(plain);
      }
      return wire.flip();
    }
  }

  /** The bytes of a chunk that came; empty where they are none. */
  static Optional<byte[]> plain(ByteBuffer wire) {
    ByteBuffer in = wire.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (!in.hasRemaining()) {
      return Optional.empty();
    }
    byte form = in.get();
    if (form == ZSTD && in.remaining() > Integer.BYTES) {
      int length = in.getInt();
      if (length < HEAD || length > LARGEST) {
        return Optional.empty();
      }
      byte[] compressed = new byte[in.remaining()];
      in.get(compressed);
      return decompressed(compressed, length);
    }
    if (form != PLAIN || in.remaining() < HEAD || in.remaining() > LARGEST) {
      return Optional.empty();
    }
    byte[] plain = new byte[in.remaining()];
    in.get(plain);
    return Optional.of(plain);
  }

  private static Optional<byte[]> decompressed(byte[] compressed, int length) {
    byte[] plain = new byte[length];
    try {
      long written = Zstd.decompress(plain, compressed);
      return written == length ? Optional.of(plain) : Optional.empty();
    } catch (ZstdException e) {
      return Optional.empty(); // its bytes are no zstd, or more than they are said to be
    }
  }

  /** Takes elements of a chunk. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes one.
     *
     * @param position in elements
     * @param value its bits
     * @return the bits to keep in the chunk from now on
     */
    int take(long position, int value);
  }

  /**
   * Shows every element of a chunk, in their order.
   *
   * @param plain its bytes; values are replaced by what the visitor answers
   * @param elements that there are; positions are below
   * @return false where the bytes are no chunk; the visitor has then seen the elements before
   */
  static boolean visit(byte[] plain, WireType type, long elements, Visitor visitor) {
    ByteBuffer in = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    long position = in.getLong();
    int count = in.getInt();
    int width = type.bytes();
    long planes = (long) plain.length - (long) count * width;
    if (count <= 0 || planes < HEAD) {
      return false;
    }
    int gap = HEAD;
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        long length = 0;
        int shift = 0;
        byte part;
        do {
          if (gap >= planes || shift > 56) {
            return false;
          }
          part = plain[gap++];
          length |= (part & 0x7FL) << shift;
          shift += 7;
        } while (part < 0);
        if (length <= 0 || length > elements - position) {
          return false;
        }
        position += length;
      }
      if (position < 0 || position >= elements) {
        return false;
      }
      int value = 0;
      for (int b = 0; b < width; b++) {
        value |= (plain[(int) planes + b * count + i] & 0xFF) << (8 * b);
      }
      int kept = visitor.take(position, value);
      for (int b = 0; b < width; b++) {
        plain[(int) planes + b * count + i] = (byte) (kept >>> (8 * b));
      }
    }
    return gap == planes;
  }

  /** Whether bytes are a chunk for so many elements. */
  static boolean isOne(byte[] plain, WireType type, long elements) {
    return visit(plain, type, elements, (position, value) -> value); // which changes nothing
  }
}
