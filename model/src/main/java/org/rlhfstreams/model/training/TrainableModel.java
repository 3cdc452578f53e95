package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.TensorValues;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.NativeHeap;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * Weights, their gradients and their optimizer. A pass gives log-probabilities or values; gradients
 * on those accumulate into gradients on weights; {@link #update} applies them. One thread at a
 * time.
 */
public final class TrainableModel implements AutoCloseable {
  private final Decoder decoder;
  private final Optional<Weights> frozen;
  private final Weights weights;
  private final Weights working;
  private final List<NDArray> all = new ArrayList<>();
  private final boolean scalarHead;
  private final MicroBatchSettings microBatches;
  private final NDManager manager = ComputeDevice.newManager();
  private final List<NDArray> gradients = new ArrayList<>();
  private final boolean ownGradients;
  private final AdamW optimizer;

  /**
   * A model of which every weight is trained.
   *
   * @param decoder of the type that passes compute in, without adapters
   * @param weights in float32, trained in place; closed with this object
   * @param scalarHead whether the last tensor is a scalar head, [1, hidden]: a value head behind a
   *     language model's tensors, or a reward model's score
   */
  public TrainableModel(
      Decoder decoder,
      Weights weights,
      boolean scalarHead,
      OptimizerSettings settings,
      MicroBatchSettings microBatches) {
    this(decoder, Optional.empty(), weights, scalarHead, settings, microBatches);
  }

  /**
   * A model of which adapters, and a scalar head perhaps, are trained.
   *
   * @param decoder with adapters, of the type that passes compute in
   * @param frozen of the decoder's type, without adapters; closed with this object
   * @param weights the adapters' tensors, then the scalar head's, in float32; closed with this
   *     object
   */
  public static TrainableModel withAdapters(
      Decoder decoder,
      Weights frozen,
      Weights weights,
      boolean scalarHead,
      OptimizerSettings settings,
      MicroBatchSettings microBatches) {
    return new TrainableModel(
        decoder, Optional.of(frozen), weights, scalarHead, settings, microBatches);
  }

  private TrainableModel(
      Decoder decoder,
      Optional<Weights> frozen,
      Weights weights,
      boolean scalarHead,
      OptimizerSettings settings,
      MicroBatchSettings microBatches) {
    if (decoder.adapters().isPresent() != frozen.isPresent()) {
      throw new IllegalArgumentException("adapters and frozen weights go together");
    }
    this.decoder = decoder;
    this.frozen = frozen;
    this.weights = weights;
    this.scalarHead = scalarHead;
    this.microBatches = microBatches;
    this.working = decoder.type() == weights.type() ? weights : weights.copy(decoder.type());
    frozen.ifPresent(held -> all.addAll(held.tensors()));
    all.addAll(working.tensors());
    working.tensors().forEach(weight -> weight.setRequiresGradient(true));
    this.ownGradients = working == weights;
    gradients.addAll(ownGradients ? ownGradients() : separateGradients());
    this.optimizer = new AdamW(decoder, weights, gradients, settings);
  }

  /** Those that autograd adds to itself; they are of the type that gradients are added up in. */
  private List<NDArray> ownGradients() {
    try (NDManager scope = manager.newSubManager()) {
      decoder.runWithGradient("own_gradients", scope, working.argument());
    }
    return working.tensors().stream().map(NDArray::getGradient).toList();
  }

  /** Where passes compute in a type that is too coarse to add up in. */
  private List<NDArray> separateGradients() {
    return working.tensors().stream()
        .map(weight -> ComputeThread.call(() -> manager.zeros(weight.getShape(), DataType.FLOAT32)))
        .toList();
  }

  /** The weights that are trained, as they are now, in full precision. */
  public Weights weights() {
    return weights;
  }

  /** All weights in the type that passes compute in: frozen ones, then those that are trained. */
  Argument allWeights() {
    return Argument.list(all);
  }

  /** How many of {@link #weights} are the model's own tensors: all, or none with adapters. */
  public int modelTensors() {
    return frozen.isPresent() ? 0 : decoder.configuration().tensors().size();
  }

  /**
   * An independent copy of the model's own tensors, in the order of its configuration: with
   * adapters, as they are once the adapters are merged into them. The caller closes it.
   *
   * @param type of the copy: float32 or bfloat16
   */
  public Weights snapshot(ComputeType type) {
    List<TensorSpecification> specifications = decoder.configuration().tensors();
    if (frozen.isEmpty()) {
      return weights.copy(type, specifications.size());
    }
    boolean rounded = type == ComputeType.BFLOAT16;
    try (NDManager scope = manager.newSubManager()) {
      Argument flag = Argument.of(scope.create(rounded));
      return Weights.taking(specifications, decoder.run("merged", scope, allWeights(), flag), type);
    }
  }

  /**
   * The model's own tensors in float32, in the order of its configuration: themselves, no copy,
   * unless adapters have to be merged into them. They change with the next update. The caller
   * closes it.
   */
  public Weights current() {
    return frozen.isEmpty()
        ? weights.first(decoder.configuration().tensors().size())
        : snapshot(ComputeType.FLOAT32);
  }

  /**
   * The values of the model's own tensors in float32, in the order of its configuration, as they
   * are whenever they are read. With adapters, a tensor is merged when it is read: no more than one
   * is in memory.
   */
  public List<float[]> readings() {
    int count = decoder.configuration().tensors().size();
    return frozen.isEmpty()
        ? weights.readings().subList(0, count)
        : TensorValues.ofSources(
            IntStream.range(0, count).boxed().toList(),
            index -> new MergedFloats(decoder, allWeights(), index));
  }

  private void refreshWorking() {
    if (working != weights) {
      try (NDManager scope = manager.newSubManager()) {
        decoder.run("copy_all", scope, working.argument(), weights.argument());
      }
    }
  }

  /**
   * Log-probabilities and entropies of the response tokens, and their values where the model has a
   * scalar head.
   *
   * @param temperatures what each row's logits are divided by, above 0: its sampling temperature
   * @param entropyGradients whether a loss on the entropies may follow
   */
  public Pass tokenPass(List<TokenRow> rows, double[] temperatures, boolean entropyGradients) {
    return new Pass(
        this,
        rows,
        HeadPosition.RESPONSE_STATES,
        new PassHeads(true, true, entropyGradients, scalarHead, temperatures));
  }

  /** The same at temperature 1, without gradients of the entropies. */
  public Pass tokenPass(List<TokenRow> rows) {
    return tokenPass(rows, ones(rows), false);
  }

  /** Log-probabilities of the response tokens, without entropies or values. */
  public Pass logProbabilityPass(List<TokenRow> rows, double[] temperatures) {
    return new Pass(
        this,
        rows,
        HeadPosition.RESPONSE_STATES,
        new PassHeads(true, false, false, false, temperatures));
  }

  /** As {@link #logProbabilityPass(List, double[])}, at temperature 1. */
  public Pass logProbabilityPass(List<TokenRow> rows) {
    return logProbabilityPass(rows, ones(rows));
  }

  /** The same, of a pass that no gradients follow. */
  public Pass logProbabilityPassWithoutGradient(List<TokenRow> rows) {
    return new Pass(
        decoder,
        allWeights(),
        microBatches,
        rows,
        HeadPosition.RESPONSE_STATES,
        new PassHeads(true, false, false, false, ones(rows)));
  }

  private static double[] ones(List<TokenRow> rows) {
    double[] ones = new double[rows.size()];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Values of the state before each response token; no log-probabilities. */
  public Pass valuePass(List<TokenRow> rows) {
    return new Pass(this, rows, HeadPosition.RESPONSE_STATES, scalarOnly());
  }

  /** One score a row, at its last token. */
  public Pass scorePass(List<TokenRow> rows) {
    return new Pass(this, rows, HeadPosition.LAST_TOKEN, scalarOnly());
  }

  /** The same, of a pass that no gradients follow. */
  public Pass scorePassWithoutGradient(List<TokenRow> rows) {
    return new Pass(
        decoder, allWeights(), microBatches, rows, HeadPosition.LAST_TOKEN, scalarOnly());
  }

  /**
   * The same with other weights, such as {@link #computing} has given before.
   *
   * @throws IllegalStateException where the model has adapters
   */
  public Pass scorePassWithoutGradient(Weights others, List<TokenRow> rows) {
    requireWhole();
    return new Pass(
        decoder,
        Argument.list(others.tensors()),
        microBatches,
        rows,
        HeadPosition.LAST_TOKEN,
        scalarOnly());
  }

  /**
   * An independent copy of all weights, in the type that passes compute in. The caller closes it.
   *
   * @throws IllegalStateException where the model has adapters
   */
  public Weights computing() {
    requireWhole();
    return working.copy(decoder.type());
  }

  /**
   * Weights such as {@link #computing} gives, from their values. The caller closes them.
   *
   * @param values row-major, in order
   */
  public Weights computing(List<float[]> values) {
    return Weights.of(weights.specifications(), values, decoder.type());
  }

  private void requireWhole() {
    if (frozen.isPresent()) {
      throw new IllegalStateException("a part of this model is frozen: it is not copied whole");
    }
  }

  private PassHeads scalarOnly() {
    if (!scalarHead) {
      throw new IllegalStateException("this model has no scalar head");
    }
    return new PassHeads(false, false, false, true, new double[0]);
  }

  /**
   * Clips the accumulated gradients, steps the optimizer and clears the gradients. Gradients that
   * are not finite are dropped and change nothing.
   */
  public Update update(double learningRate) {
    double norm = gradientNorm();
    if (!Double.isFinite(norm)) {
      discardGradients();
      return new Update(norm, false);
    }
    apply(learningRate, norm);
    return new Update(norm, true);
  }

  /** The global L2 norm of what was accumulated since the last update. */
  public double gradientNorm() {
    return optimizer.gradientNorm();
  }

  /**
   * As {@link #update}, of gradients whose norm is known and finite.
   *
   * @param gradientNorm as {@link #gradientNorm()} gave it
   */
  public void apply(double learningRate, double gradientNorm) {
    optimizer.apply(learningRate, gradientNorm);
    refreshWorking();
    NativeHeap.releaseNowAndThen();
  }

  /** Drops what was accumulated since the last update. */
  public void discardGradients() {
    optimizer.clearGradients();
  }

  /** What a checkpoint keeps besides the weights. */
  public OptimizerState optimizerState() {
    return optimizer.state();
  }

  /** Takes up a checkpoint's state; the weights have been overwritten before. */
  public void restore(OptimizerState state) {
    optimizer.restore(state);
    refreshWorking();
  }

  /** Continues after so many updates; weights and moments have been overwritten before. */
  void broughtBack(long optimizerSteps) {
    optimizer.continueAfter(optimizerSteps);
    refreshWorking();
  }

  AdamW optimizer() {
    return optimizer;
  }

  Decoder decoder() {
    return decoder;
  }

  /** The adapters that are trained, where every weight is not. */
  public Optional<LowRankAdapters> adapters() {
    return decoder.adapters();
  }

  /** The architecture. */
  public TransformerConfiguration configuration() {
    return decoder.configuration();
  }

  /** Whether {@link #gradients} are the weights' own, which autograd adds to. */
  boolean hasOwnGradients() {
    return ownGradients;
  }

  List<NDArray> gradients() {
    return gradients;
  }

  /** Empty where the head is frozen. */
  NDArray headGradient() {
    return frozen.isPresent() ? decoder.none() : gradients.get(decoder.headIndex());
  }

  NDArray scalarHeadGradient() {
    return gradients.get(gradients.size() - 1);
  }

  MicroBatchSettings microBatches() {
    return microBatches;
  }

  @Override
  public void close() {
    optimizer.close();
    manager.close();
    working.close();
    weights.close();
    frozen.ifPresent(Weights::close);
  }
}
