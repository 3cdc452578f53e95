package org.rlhfstreams.model.decoder;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.TensorType;

/** The rule that no model is computed with that holds a number which is not finite. */
final class FiniteNumbers {
  private static final int PIECE = 1 << 24; // bytes

  private FiniteNumbers() {}

  /**
   * Checks tensors where they are stored, before anything is made of them.
   *
   * @throws ModelException naming the first that holds such a number
   */
  static void require(TensorBytes source, List<TensorSpecification> tensors) {
    for (TensorSpecification tensor : tensors) {
      TensorType type = TensorType.valueOf(source.elementType(tensor.name()));
      long bytes = tensor.size() * type.bytes();
      for (long from = 0; from < bytes; from += PIECE) {
        int length = (int) Math.min(PIECE, bytes - from);
        if (!areFinite(source.bytes(tensor.name(), from, length), type)) {
          throw refusal(source, tensor);
        }
      }
    }
  }

  /** What is said of a tensor that holds one. */
  static ModelException refusal(TensorBytes source, TensorSpecification tensor) {
    return new ModelException(
        String.format(
            Locale.ROOT,
            "%s: tensor %s holds a number that is not finite (NaN or infinity): the checkpoint is"
                + " damaged, or its training failed; fetch or write it again",
            source.origin(),
            tensor.name()));
  }

  /**
   * Looks at as many numbers at once as a long holds: one is not finite where all bits of its
   * exponent are set.
   */
  private static boolean areFinite(ByteBuffer stored, TensorType type) {
    long exponents =
        switch (type) {
          case F32 -> 0x7F800000_7F800000L;
          case BF16 -> 0x7F80_7F80_7F80_7F80L;
          case F16 -> 0x7C00_7C00_7C00_7C00L;
        };
    long signs = type == TensorType.F32 ? 0x80000000_80000000L : 0x8000_8000_8000_8000L;
    ByteBuffer bytes = stored.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int first = bytes.position();
    int end = bytes.limit();
    int whole = first + (end - first) / Long.BYTES * Long.BYTES;
    long found = 0;
    for (int at = first; at < whole; at += Long.BYTES) {
      found |= signs - (~bytes.getLong(at) & exponents);
    }
    long rest = 0;
    for (int at = end - 1; at >= whole; at--) {
      rest = (rest << Byte.SIZE) | (bytes.get(at) & 0xFF);
    }
    return ((found | (signs - (~rest & exponents))) & signs) == 0;
  }
}
