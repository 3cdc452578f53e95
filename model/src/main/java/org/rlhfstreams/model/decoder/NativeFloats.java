package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.rlhfstreams.model.files.FloatValues;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/**
 * Values of a tensor, as they are whenever they are read. In pieces they are read where they lie:
 * the Java heap, which is the same small one for every model, never has them all.
 */
public final class NativeFloats implements FloatValues {
  private static final int PIECE = 1 << 18;

  private final NDArray tensor;

  /**
   * @param tensor of any type; has to live until the values are read
   */
  public NativeFloats(NDArray tensor) {
    this.tensor = tensor;
  }

  @Override
  public float[] get() {
    if (!liesHere()) {
      return converted();
    }
    FloatBuffer values = values();
    float[] all = new float[values.remaining()];
    values.get(all);
    return all;
  }

  @Override
  public void inPieces(Taker taker) throws IOException {
    if (!liesHere()) {
      float[] all = converted();
      taker.take(all, all.length);
      return;
    }
    FloatBuffer values = values();
    float[] piece = new float[Math.min(PIECE, values.remaining())];
    while (values.hasRemaining()) {
      int count = Math.min(piece.length, values.remaining());
      values.get(piece, 0, count);
      taker.take(piece, count);
    }
  }

  private boolean liesHere() {
    return tensor.getDataType() == DataType.FLOAT32 && !ComputeDevice.isGpu();
  }

  private FloatBuffer values() {
    return tensor.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** What is read on a GPU stays in ordinary memory as long as the manager: a copy has its own. */
  private float[] converted() {
    try (NDManager scope = tensor.getManager().newSubManager()) {
      return ComputeType.FLOAT32.of(scope, tensor).toFloatArray();
    }
  }
}
