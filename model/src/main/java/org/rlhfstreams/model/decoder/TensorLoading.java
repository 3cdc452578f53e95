package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/**
 * Reads tensors that are stored somewhere: pieces go through native conversion into the tensor's
 * own memory, and never through the Java heap.
 */
final class TensorLoading {
  private static final int PIECE = 1 << 20;

  // One a thread: memory outside the heap comes back only when the collector finds time.
  private static final ThreadLocal<ByteBuffer> STAGE =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(Float.BYTES * PIECE).order(ByteOrder.nativeOrder()));

  private final TensorBytes source;
  private final ComputeType type;

  TensorLoading(TensorBytes source, ComputeType type) {
    this.source = source;
    this.type = type;
  }

  /**
   * A tensor of plain values, owned by {@code manager}.
   *
   * @param values row-major
   */
  static NDArray copy(NDManager manager, Shape shape, float[] values, ComputeType type) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray room = room(scope, values.length, type);
      TensorCopy.into(room, values);
      return shaped(manager, room, shape);
    }
  }

  private static NDArray room(NDManager scope, long size, ComputeType type) {
    NDArray like = type.of(scope, scope.create(0f));
    return ConversionScript.run("room", scope, scope.create(size), like);
  }

  private static NDArray shaped(NDManager manager, NDArray room, Shape shape) {
    NDArray shaped = room.reshape(shape);
    shaped.attach(manager);
    return shaped;
  }

  /**
   * A tensor, owned by {@code manager}.
   *
   * @throws ModelException where it holds a number that is not finite
   */
  NDArray load(NDManager manager, TensorSpecification tensor) {
    Shape shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
    try (NDManager scope = manager.newSubManager();
        NDManager host = ComputeDevice.newHostManager()) {
      NDArray room = room(scope, tensor.size(), type);
      for (long start = 0; start < tensor.size(); start += PIECE) {
        int count = (int) Math.min(PIECE, tensor.size() - start);
        try (NDManager piece = host.newSubManager()) {
          NDArray values = piece(piece, tensor.name(), start, count);
          ConversionScript.run("fill_part", piece, room, piece.create(start), values);
        }
      }
      if (!ConversionScript.run("finite", scope, room).getBoolean()) {
        throw FiniteNumbers.refusal(source, tensor);
      }
      return shaped(manager, room, shape);
    }
  }

  private NDArray piece(NDManager scope, String name, long start, int count) {
    TensorType stored = TensorType.valueOf(source.elementType(name));
    ByteBuffer bytes = source.bytes(name, start * stored.bytes(), count * stored.bytes());
    return switch (stored) {
      case F32 -> scope.create(bytes, new Shape(count), DataType.FLOAT32);
      case F16 -> scope.create(bytes, new Shape(count), DataType.FLOAT16);
      case BF16 -> widened(scope, bytes, count);
    };
  }

  private static NDArray widened(NDManager scope, ByteBuffer bytes, int count) {
    ByteBuffer stage = STAGE.get();
    int even = count / 2 * 2;
    if (even > 0) {
      ByteBuffer pairs = bytes.duplicate().limit(2 * even);
      ByteBuffer bits = stage.duplicate().clear().limit(Float.BYTES * even);
      ConversionScript.run(
          "widen_pairs",
          scope,
          scope.create(pairs, new Shape(even / 2), DataType.INT32),
          scope.create(bits, new Shape(even), DataType.INT32));
    }
    if (even < count) {
      int last = bytes.order(ByteOrder.LITTLE_ENDIAN).getShort(2 * even) << 16;
      stage.putInt(Float.BYTES * even, last);
    }
    ByteBuffer floats = stage.duplicate().clear().limit(Float.BYTES * count);
    return scope.create(floats, new Shape(count), DataType.FLOAT32);
  }
}
