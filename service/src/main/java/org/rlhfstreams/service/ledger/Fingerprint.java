package org.rlhfstreams.service.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * 128 bits that stand for an identity (MurmurHash3, x64). Among a thousand million identities the
 * chance that any two share them is below 10⁻²⁰. One thread; holds the newest result.
 */
public final class Fingerprint {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;
  private static final int BLOCK = 2 * Long.BYTES;
  private static final int DECIMAL = 10;

  private byte[] scratch = new byte[256];
  private long high;
  private long low;

  /**
   * Hashes an identity.
   *
   * @param kind of identity: the same bytes of another kind are another identity
   */
  public void of(int kind, byte[] bytes, int start, int length) {
    long h1 = kind;
    long h2 = kind;
    int at = start;
    int end = start + length;
    for (; end - at >= BLOCK; at += BLOCK) {
      h1 ^= mixFirst((long) LONGS.get(bytes, at));
      h1 = Long.rotateLeft(h1, 27) + h2;
      h1 = h1 * 5 + 0x52dce729;
      h2 ^= mixSecond((long) LONGS.get(bytes, at + Long.BYTES));
      h2 = Long.rotateLeft(h2, 31) + h1;
      h2 = h2 * 5 + 0x38495ab5;
    }
    long k1 = 0;
    long k2 = 0;
    for (int i = 0; at + i < end; i++) {
      long next = bytes[at + i] & 0xffL;
      if (i < Long.BYTES) {
        k1 |= next << (8 * i);
      } else {
        k2 |= next << (8 * (i - Long.BYTES));
      }
    }
    h1 ^= mixFirst(k1) ^ length;
    h2 ^= mixSecond(k2) ^ length;
    h1 += h2;
    h2 += h1;
    h1 = spread(h1);
    h2 = spread(h2);
    h1 += h2;
    h2 += h1;
    high = h1;
    low = h2;
  }

  /** Hashes a text. */
  public void of(int kind, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    of(kind, bytes, 0, bytes.length);
  }

  /**
   * Hashes the identity of a part: that of the whole, a slash and a number.
   *
   * @param number 0 or more
   */
  public void ofPart(int kind, byte[] bytes, int start, int length, int number) {
    int longest = length + 1 + DECIMAL;
    if (scratch.length < longest) {
      scratch = new byte[2 * longest];
    }
    System.arraycopy(bytes, start, scratch, 0, length);
    scratch[length] = '/';
    int digits = 1;
    for (int rest = number / DECIMAL; rest > 0; rest /= DECIMAL) {
      digits++;
    }
    int rest = number;
    for (int i = digits; i > 0; i--) {
      scratch[length + i] = (byte) ('0' + rest % DECIMAL);
      rest /= DECIMAL;
    }
    of(kind, scratch, 0, length + 1 + digits);
  }

  /** Hashes an identity of two numbers. */
  public void of(int kind, long first, long second) {
    LONGS.set(scratch, 0, first);
    LONGS.set(scratch, Long.BYTES, second);
    of(kind, scratch, 0, BLOCK);
  }

  private static long mixFirst(long value) {
    return Long.rotateLeft(value * C1, 31) * C2;
  }

  private static long mixSecond(long value) {
    return Long.rotateLeft(value * C2, 33) * C1;
  }

  private static long spread(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /** The first 64 of the bits. */
  public long high() {
    return high;
  }

  /** The other 64. */
  public long low() {
    return low;
  }
}
