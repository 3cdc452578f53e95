package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.InferenceArgument;
import org.rlhfstreams.model.torchscript.TorchScriptModule;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * The compiled forward functions of one architecture. Weights are arguments of each call, so one
 * decoder serves the policy, its reference and every version that arrives.
 */
public final class Decoder implements AutoCloseable {
  private final TransformerConfiguration configuration;
  private final ComputeType type;
  private final Optional<LowRankAdapters> adapters;
  private final TorchScriptModule training;
  private final TorchScriptModule inference;
  private final NDManager manager;
  private final RopeTables ropeTables;
  private final NDArray none;

  /** A decoder that computes in float32. */
  public Decoder(TransformerConfiguration configuration) {
    this(configuration, ComputeType.FLOAT32);
  }

  /**
   * @param type of the weights that it will be given
   */
  public Decoder(TransformerConfiguration configuration, ComputeType type) {
    this(configuration, type, Optional.empty());
  }

  /**
   * @param adapters whose tensors come behind the model's own in what is trained; {@link #infer}
   *     knows them not
   */
  public Decoder(
      TransformerConfiguration configuration,
      ComputeType type,
      Optional<LowRankAdapters> adapters) {
    this.configuration = configuration;
    this.adapters = adapters;
    this.type = type;
    String architecture = configuration.architecture().script();
    Map<String, String> names = ScriptNames.of(configuration);
    this.training =
        TorchScriptModule.compile(
            "TrainingDecoder",
            Decoder.class,
            List.of(
                architecture,
                "decoder.py",
                "plain_linear.py",
                "head.py",
                type == ComputeType.FLOAT32 && ComputeDevice.packsWeights()
                    ? "onednn_logits.py"
                    : "plain_logits.py",
                "head_gradients.py",
                "backward.py",
                "adapters.py",
                "optimizer.py"),
            ScriptConstants.of(configuration, type, false, adapters),
            names);
    this.inference =
        TorchScriptModule.compile(
            "InferenceDecoder",
            Decoder.class,
            List.of(
                architecture,
                "decoder.py",
                packs(type) ? "packed_linear.py" : "plain_linear.py",
                "head.py",
                "plain_logits.py",
                "generation.py",
                "sampling.py"),
            ScriptConstants.of(configuration, type, true, Optional.empty()),
            names);
    this.manager = ComputeDevice.newManager();
    this.ropeTables = new RopeTables(configuration, type, manager);
    this.none = manager.create(new Shape(0), DataType.INT64);
  }

  private static boolean packs(ComputeType type) {
    return ComputeDevice.packsWeights()
        && (type != ComputeType.BFLOAT16 || Processor.here().packsBfloat16());
  }

  /** Whether inference has matrices of float32 in a layout of their own. */
  boolean packsFloats() {
    return type == ComputeType.FLOAT32 && packs(type);
  }

  /** What the architecture is. */
  public TransformerConfiguration configuration() {
    return configuration;
  }

  /** The adapters that it trains, if any. */
  public Optional<LowRankAdapters> adapters() {
    return adapters;
  }

  /** Where the language-model head stands among the weights. */
  public int headIndex() {
    return ScriptConstants.headIndex(configuration);
  }

  /** The type that it computes in. */
  public ComputeType type() {
    return type;
  }

  /**
   * Sequences of equal value can run through {@link #rope} together: with dynamic rope scaling, the
   * frequencies of a long sequence are its own.
   */
  public int lengthClass(int length) {
    return configuration.rope().map(rope -> rope.scaling().lengthClass(length)).orElse(0);
  }

  /**
   * Cosine and sine tables for whole sequences.
   *
   * @param length tokens of the longest; all are of its {@link #lengthClass}
   */
  public RopeTables.Tables rope(int length) {
    return ropeTables.of(length);
  }

  /**
   * The same for tokens that are added one at a time.
   *
   * @param reach tokens of the longest sequence, the new one included
   */
  public RopeTables.Tables ropeForDecoding(int reach) {
    return ropeTables.forDecoding(reach);
  }

  /** An empty tensor, for arguments that are left out. */
  public NDArray none() {
    return none;
  }

  /**
   * Runs one of the script's methods without recording a graph; results belong to {@code scope}.
   */
  public NDList run(String method, NDManager scope, Argument... arguments) {
    return training.run(method, scope, arguments);
  }

  /** As {@link #run}, recording the graph that a later {@code backward} needs. */
  public NDList runWithGradient(String method, NDManager scope, Argument... arguments) {
    return training.runWithGradient(method, scope, arguments);
  }

  /**
   * Runs one of the inference script's methods, on {@link PackedWeights}; results belong to {@code
   * scope}, and no gradient can flow through them.
   */
  public NDList infer(String method, NDManager scope, InferenceArgument... arguments) {
    return inference.infer(method, scope, arguments);
  }

  /** A part of the weights laid out for inference; results belong to {@code scope}. */
  NDList pack(String method, NDManager scope, Argument part) {
    return inference.run(method, scope, part);
  }

  /**
   * Logits of every token; for checks and small inputs, since all of them exist at once.
   *
   * @param tokenIds [batch, time], of one {@link #lengthClass}; padded on the right here
   * @return [batch, time, vocabulary], owned by {@code scope}
   */
  public NDArray logits(NDManager scope, long[][] tokenIds, Weights weights) {
    NDArray ids = TokenMatrix.create(scope, tokenIds);
    int time = Math.toIntExact(ids.getShape().get(1));
    RopeTables.Tables rope = rope(time);
    return run(
            "logits",
            scope,
            Argument.of(ids),
            Argument.of(TokenMatrix.positions(scope, time)),
            Argument.of(none),
            Argument.of(rope.cos()),
            Argument.of(rope.sin()),
            weights.argument())
        .get(0);
  }

  @Override
  public void close() {
    manager.close();
    training.close();
    inference.close();
  }
}
