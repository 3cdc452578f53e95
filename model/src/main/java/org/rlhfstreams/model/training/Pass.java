package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.KeptLogits;
import org.rlhfstreams.model.decoder.RopeTables;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * One forward pass over rows, and the way back. Outputs are plain arrays, so that an objective sees
 * numbers and never a graph; {@link #backward} continues from its gradients through the linear
 * surrogate sum of gradient times output.
 */
public final class Pass implements AutoCloseable {
  private final Optional<TrainableModel> model;
  private final Decoder decoder;
  private final Argument weights;
  private final MicroBatchSettings microBatches;
  private final PassHeads heads;
  private final List<MicroBatch> batches;
  private final NDManager manager = ComputeDevice.newManager();
  private final List<NDList> retained = new ArrayList<>();
  private final List<NDList> outputs = new ArrayList<>();
  private final float[][] logProbabilities;
  private final float[][] entropies;
  private final float[][] values;

  /** A pass that gradients may follow. */
  Pass(TrainableModel model, List<TokenRow> rows, HeadPosition position, PassHeads heads) {
    this(
        Optional.of(model),
        model.decoder(),
        model.allWeights(),
        model.microBatches(),
        rows,
        position,
        heads);
  }

  /** A pass that no gradients follow. */
  Pass(
      Decoder decoder,
      Argument weights,
      MicroBatchSettings microBatches,
      List<TokenRow> rows,
      HeadPosition position,
      PassHeads heads) {
    this(Optional.empty(), decoder, weights, microBatches, rows, position, heads);
  }

  private Pass(
      Optional<TrainableModel> model,
      Decoder decoder,
      Argument weights,
      MicroBatchSettings microBatches,
      List<TokenRow> rows,
      HeadPosition position,
      PassHeads heads) {
    this.model = model;
    this.decoder = decoder;
    this.weights = weights;
    this.microBatches = microBatches;
    this.heads = heads;
    this.batches = MicroBatch.cut(rows, microBatches, position, decoder);
    this.logProbabilities = new float[rows.size()][];
    this.entropies = new float[rows.size()][];
    this.values = new float[rows.size()][];
    int padded = batches.stream().mapToInt(MicroBatch::paddedTokens).sum();
    boolean retain = model.isPresent() && padded <= microBatches.retainedTokens();
    boolean retainLogits = retain && heads.tokens() && logits() <= microBatches.keptLogits();
    for (MicroBatch batch : batches) {
      forward(batch, retain, retainLogits);
    }
  }

  private long logits() {
    return (long) batches.stream().mapToInt(MicroBatch::tokens).sum()
        * decoder.configuration().vocabularySize();
  }

  /** [rows][response tokens], natural logarithms at the pass's temperature. */
  public float[][] logProbabilities() {
    return logProbabilities;
  }

  /** [rows][response tokens], in nats, at the pass's temperature; where the pass has them. */
  public float[][] entropies() {
    return entropies;
  }

  /** [rows][response tokens], or [rows][1] for scores. */
  public float[][] values() {
    return values;
  }

  private void forward(MicroBatch batch, boolean retain, boolean retainLogits) {
    try (NDManager scope = manager.newSubManager()) {
      NDList states = states(batch, retain ? manager : scope, retain);
      NDArray hidden = states.get(0);
      if (retain) {
        retained.add(states);
      }
      if (heads.tokens()) {
        KeptLogits keep = retainLogits ? heads.kept() : KeptLogits.NOTHING;
        NDList statistics =
            decoder.run(
                "token_statistics",
                scope,
                Argument.of(hidden),
                Argument.of(batch.targets(scope)),
                temperatures(batch, scope),
                headRows(scope),
                Argument.of(scope.create(heads.entropies())),
                Argument.of(scope.create((long) keep.code())),
                weights);
        batch.scatter(floats(statistics.get(0)), logProbabilities);
        if (heads.entropies()) {
          batch.scatter(floats(statistics.get(1)), entropies);
        }
        if (retainLogits) {
          statistics.attach(manager);
          outputs.add(statistics);
        }
      }
      if (heads.scalar()) {
        NDArray scalars = decoder.run("scalar_head", scope, Argument.of(hidden), weights).get(0);
        batch.scatter(floats(scalars), values);
      }
    }
  }

  private static float[] floats(NDArray values) {
    return values.getDataType() == DataType.FLOAT64
        ? values.toType(DataType.FLOAT32, true).toFloatArray()
        : values.toFloatArray();
  }

  /**
   * Adds the weight gradients of a loss whose gradients on this pass's outputs are given.
   *
   * @throws IllegalArgumentException where a row's gradients do not fit its tokens, or are on
   *     entropies of a pass that was made without their gradients
   */
  public void backward(PassGradients gradients) {
    TrainableModel trained =
        model.orElseThrow(() -> new IllegalStateException("a reference pass has no backward"));
    for (int i = 0; i < batches.size(); i++) {
      try (NDManager scope = manager.newSubManager()) {
        MicroBatch batch = batches.get(i);
        NDList states = retained.isEmpty() ? states(batch, scope, true) : retained.get(i);
        backward(trained, scope, batch, states, kept(i), gradients);
      }
    }
    // overwritten with gradients: another backward computes them again
    outputs.forEach(NDList::close);
    outputs.clear();
  }

  /** The parts that the token head kept of a micro-batch; none where logits are computed again. */
  private List<NDArray> kept(int batch) {
    if (outputs.isEmpty()) {
      return List.of();
    }
    NDList of = outputs.get(batch);
    return of.subList(heads.entropies() ? 2 : 1, of.size());
  }

  private void backward(
      TrainableModel trained,
      NDManager scope,
      MicroBatch batch,
      NDList states,
      List<NDArray> kept,
      PassGradients gradients) {
    NDArray hidden = states.get(0);
    List<NDArray> hiddenGradients = new ArrayList<>();
    if (heads.tokens() && gradients.logProbabilities() != null) {
      NDArray onLogProbabilities = batch.gather(scope, gradients.logProbabilities());
      boolean withEntropy = gradients.entropies() != null;
      if (withEntropy && !heads.entropyGradients()) {
        throw new IllegalArgumentException("this pass was made without gradients of entropies");
      }
      NDArray onEntropies =
          withEntropy ? batch.gather(scope, gradients.entropies()) : onLogProbabilities;
      NDList results =
          decoder.run(
              "token_gradients",
              scope,
              Argument.of(hidden),
              Argument.of(batch.targets(scope)),
              temperatures(batch, scope),
              headRows(scope),
              Argument.of(onLogProbabilities),
              Argument.of(onEntropies),
              Argument.of(scope.create(withEntropy)),
              Argument.of(trained.headGradient()),
              Argument.of(scope.create(!kept.isEmpty() && heads.kept() == KeptLogits.DIFFERENCES)),
              Argument.list(kept.isEmpty() ? List.of(scope.create(new Shape(0))) : kept),
              weights);
      hiddenGradients.add(results.get(0));
    }
    if (heads.scalar() && gradients.values() != null) {
      NDList results =
          decoder.run(
              "scalar_gradients",
              scope,
              Argument.of(hidden),
              Argument.of(batch.gather(scope, gradients.values())),
              Argument.of(trained.scalarHeadGradient()),
              weights);
      hiddenGradients.add(results.get(0));
    }
    if (hiddenGradients.isEmpty()) {
      return;
    }
    NDArray onHidden = hiddenGradients.get(0);
    for (NDArray more : hiddenGradients.subList(1, hiddenGradients.size())) {
      ComputeThread.call(() -> onHidden.addi(more));
    }
    if (microBatches.checkpointLayers()) {
      backwardByLayer(trained, scope, batch, states, onHidden);
    } else if (trained.hasOwnGradients()) {
      decoder.runWithGradient(
          "backward_in_place", scope, Argument.of(hidden), Argument.of(onHidden));
    } else {
      decoder.runWithGradient(
          "backward",
          scope,
          Argument.of(hidden),
          Argument.of(onHidden),
          weights,
          Argument.list(trained.gradients()));
    }
  }

  private void backwardByLayer(
      TrainableModel trained, NDManager scope, MicroBatch batch, NDList states, NDArray onHidden) {
    RopeTables.Tables rope = decoder.rope(batch.time());
    decoder.runWithGradient(
        "backward_by_layer",
        scope,
        Argument.of(batch.ids(scope)),
        Argument.of(batch.positions(scope)),
        Argument.of(batch.segments(scope, decoder.none())),
        Argument.of(batch.index(scope)),
        Argument.of(onHidden),
        Argument.of(rope.cos()),
        Argument.of(rope.sin()),
        Argument.list(states.subList(1, states.size())),
        weights,
        Argument.list(trained.gradients()));
  }

  /**
   * The hidden states that heads read, with their graph; or where layers are checkpointed, without
   * one, followed by each layer's input. Ids and indices live as long as the result: its graph
   * reads their memory again.
   */
  private NDList states(MicroBatch batch, NDManager owner, boolean gradient) {
    RopeTables.Tables rope = decoder.rope(batch.time());
    Argument[] arguments = {
      Argument.of(batch.ids(owner)),
      Argument.of(batch.positions(owner)),
      Argument.of(batch.segments(owner, decoder.none())),
      Argument.of(batch.index(owner)),
      Argument.of(rope.cos()),
      Argument.of(rope.sin()),
      weights
    };
    if (gradient && microBatches.checkpointLayers()) {
      return decoder.run("hidden_and_layers", owner, arguments);
    }
    return gradient
        ? decoder.runWithGradient("hidden_at", owner, arguments)
        : decoder.run("hidden_at", owner, arguments);
  }

  private Argument temperatures(MicroBatch batch, NDManager scope) {
    return Argument.of(batch.spread(scope, heads.temperatures()));
  }

  private Argument headRows(NDManager scope) {
    return Argument.of(scope.create((long) microBatches.headRows()));
  }

  @Override
  public void close() {
    manager.close();
  }
}
