package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.TorchScriptModule;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * Reads tensors of a model's files: mapped pieces go through native conversion into the tensor's
 * own memory, and never through the Java heap.
 */
final class TensorLoading {
  private static final int PIECE = 1 << 22;
  private static final TorchScriptModule SCRIPT =
      TorchScriptModule.compile("Loading", TensorLoading.class, List.of("conversion.py"), Map.of());

  private static final int SHARED_PIECE = 1 << 20;
  private static final ThreadLocal<ByteBuffer> SHARED_STAGE =
      ThreadLocal.withInitial(
          () ->
              ByteBuffer.allocateDirect(Float.BYTES * SHARED_PIECE).order(ByteOrder.nativeOrder()));

  private final ModelDirectory directory;
  private final ComputeType type;
  private final ByteBuffer stage =
      ByteBuffer.allocateDirect(Float.BYTES * PIECE).order(ByteOrder.nativeOrder());

  TensorLoading(ModelDirectory directory, ComputeType type) {
    this.directory = directory;
    this.type = type;
  }

  /**
   * A tensor of plain values, owned by {@code manager}: copied through one stage for all, since
   * memory outside the heap comes back only when the collector finds time.
   *
   * @param values row-major
   */
  static NDArray copy(NDManager manager, Shape shape, float[] values, ComputeType type) {
    try (NDManager scope = manager.newSubManager();
        NDManager host = ComputeDevice.newHostManager()) {
      NDArray like = type.of(scope, scope.create(0f));
      NDArray room = run("room", manager, scope.create((long) values.length), like);
      ByteBuffer stage = SHARED_STAGE.get();
      for (int start = 0; start < values.length; start += SHARED_PIECE) {
        int count = Math.min(SHARED_PIECE, values.length - start);
        stage.clear().asFloatBuffer().put(values, start, count);
        NDArray part =
            host.create(
                stage.duplicate().limit(Float.BYTES * count), new Shape(count), DataType.FLOAT32);
        NDArray unused = run("fill_part", host, room, host.create((long) start), part);
      }
      NDArray shaped = room.reshape(shape);
      shaped.attach(manager);
      room.close();
      return shaped;
    }
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
      NDArray like = type.of(scope, scope.create(0f));
      NDArray room = run("room", manager, scope.create(tensor.size()), like);
      for (long start = 0; start < tensor.size(); start += PIECE) {
        int count = (int) Math.min(PIECE, tensor.size() - start);
        try (NDManager piece = host.newSubManager()) {
          NDArray values = piece(piece, tensor.name(), start, count);
          NDArray unused = run("fill_part", piece, room, piece.create(start), values);
        }
      }
      if (!run("finite", scope, room).getBoolean()) {
        throw new ModelException(
            "%s: tensor %s holds a number that is not finite (NaN or infinity): the checkpoint is"
                    .formatted(directory.path(), tensor.name())
                + " damaged, or its training failed; fetch or write it again");
      }
      NDArray shaped = room.reshape(shape);
      shaped.attach(manager);
      room.close();
      return shaped;
    }
  }

  private NDArray piece(NDManager scope, String name, long start, int count) {
    TensorType stored = directory.tensorType(name);
    ByteBuffer bytes = directory.tensorBytes(name, start * stored.bytes(), count * stored.bytes());
    return switch (stored) {
      case F32 -> scope.create(bytes, new Shape(count), DataType.FLOAT32);
      case F16 -> scope.create(bytes, new Shape(count), DataType.FLOAT16);
      case BF16 -> widened(scope, bytes, count);
    };
  }

  private NDArray widened(NDManager scope, ByteBuffer bytes, int count) {
    int even = count / 2 * 2;
    if (even > 0) {
      ByteBuffer pairs = bytes.duplicate().limit(2 * even);
      ByteBuffer bits = stage.duplicate().clear().limit(Float.BYTES * even);
      NDArray unused =
          run(
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

  private static NDArray run(String method, NDManager owner, NDArray... arguments) {
    Argument[] all = new Argument[arguments.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = Argument.of(arguments[i]);
    }
    return SCRIPT.run(method, owner, all).get(0);
  }
}
