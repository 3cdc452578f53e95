package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * Lays weights out for inference piece by piece: a tensor outside the layers is one piece, a layer
 * is one, and the head. So whoever samples can do it between tokens, and besides what is laid out
 * already, no more than a layer is in memory. One thread.
 */
public final class WeightPacking implements AutoCloseable {
  private final Decoder decoder;
  private final List<TensorSpecification> specifications;
  private final BiFunction<NDManager, Integer, NDArray> tensors;
  private final int firstLayer;
  private final int layerEnd;
  private final int stride;
  private final NDManager manager = ComputeDevice.newManager();
  private final List<NDArray> packed = new ArrayList<>();
  private boolean complete;
  private boolean handedOver;

  private WeightPacking(
      Decoder decoder,
      List<TensorSpecification> specifications,
      BiFunction<NDManager, Integer, NDArray> tensors) {
    TransformerConfiguration configuration = decoder.configuration();
    this.decoder = decoder;
    this.specifications = specifications;
    this.tensors = tensors;
    this.firstLayer = ScriptConstants.firstLayer(configuration);
    this.stride = configuration.layer().size();
    this.layerEnd = firstLayer + stride * configuration.layers();
  }

  /** Of weights in the decoder's type; their tensors become this object's. */
  static WeightPacking of(Decoder decoder, Weights weights) {
    return new WeightPacking(
        decoder,
        weights.specifications(),
        (scope, index) -> {
          NDArray tensor = weights.tensors().get(index);
          tensor.attach(scope);
          return tensor;
        });
  }

  /**
   * Of tensors that are stored somewhere, in any type. Tables of which rows alone are read stay in
   * bfloat16 where they are stored so and every matrix is laid out anew: what float32 adds to them
   * is zeros.
   *
   * @param source has the tensors of the decoder's configuration
   */
  static WeightPacking of(Decoder decoder, TensorBytes source) {
    List<TensorSpecification> specifications = decoder.configuration().tensors();
    int tables = ScriptConstants.firstLayer(decoder.configuration());
    return new WeightPacking(
        decoder,
        specifications,
        (scope, index) -> {
          TensorSpecification tensor = specifications.get(index);
          boolean narrow =
              index < tables
                  && decoder.packsFloats()
                  && source.elementType(tensor.name()).equals(TensorType.BF16.name());
          ComputeType type = narrow ? ComputeType.BFLOAT16 : decoder.type();
          return new TensorLoading(source, type).load(scope, tensor);
        });
  }

  /**
   * Does the next piece. It waits once for the thread that computes, not before each of its hundred
   * small operations: while a learner in the same process computes, each of those would wait as
   * long as a backward pass takes, and two versions would be in memory all that time.
   *
   * @return whether there was one
   * @throws org.rlhfstreams.model.ModelException if a tensor holds a number that is not finite
   */
  public boolean advance() {
    if (complete) {
      return false;
    }
    return ComputeThread.call(this::layNextOut);
  }

  private boolean layNextOut() {
    int next = packed.size();
    if (next == specifications.size()) {
      if (!decoder.configuration().classifier()) {
        Argument head = Argument.of(packed.get(decoder.headIndex()));
        packed.addAll(decoder.pack("pack_head", manager, head));
      }
      complete = true;
    } else if (next >= firstLayer && next < layerEnd) {
      packLayer(next);
    } else {
      packed.add(tensors.apply(manager, next));
    }
    return true;
  }

  private void packLayer(int first) {
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> layer = new ArrayList<>();
      for (int i = first; i < first + stride; i++) {
        layer.add(tensors.apply(scope, i));
      }
      packed.addAll(decoder.pack("pack_layer", manager, Argument.list(layer)));
    }
  }

  /** The weights, all laid out; does what is left to do. */
  public PackedWeights finished() {
    try {
      boolean more = true;
      while (more) {
        more = advance();
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    handedOver = true;
    return new PackedWeights(manager, packed);
  }

  /** Frees what is not handed over. */
  @Override
  public void close() {
    if (!handedOver) {
      manager.close();
    }
  }
}
