package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.files.ModelConfiguration;
import org.rlhfstreams.model.torchscript.TorchScriptModule;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * The compiled forward functions of one architecture. Weights are arguments of each call, so one
 * decoder serves the policy, its reference and every version that arrives.
 */
public final class Decoder implements AutoCloseable {
  private static final List<String> FRAGMENTS =
      List.of("decoder.py", "head.py", "backward.py", "generation.py", "optimizer.py");

  private final ModelConfiguration configuration;
  private final TorchScriptModule module;
  private final NDManager manager;
  private final NDArray cos;
  private final NDArray sin;

  public Decoder(ModelConfiguration configuration) {
    this.configuration = configuration;
    Map<String, Object> constants = new LinkedHashMap<>();
    constants.put("layers", (long) configuration.layers());
    constants.put("heads", (long) configuration.heads());
    constants.put("key_value_heads", (long) configuration.keyValueHeads());
    constants.put("head_dimension", (long) configuration.headDimension());
    constants.put("norm_epsilon", configuration.normEpsilon());
    constants.put("minus_infinity", Double.NEGATIVE_INFINITY);
    LayerLayout layout = LayerLayout.of(configuration);
    constants.put("stride", (long) layout.stride());
    constants.put("attention_bias", (long) layout.attentionBias());
    constants.put("feed_forward_bias", (long) layout.feedForwardBias());
    constants.put("tied", configuration.tieWordEmbeddings());
    this.module = TorchScriptModule.compile("Decoder", Decoder.class, FRAGMENTS, constants);
    this.manager = NDManager.newBaseManager("PyTorch");
    int positions = configuration.maxPositions();
    RopeTables tables = RopeTables.of(configuration, positions);
    Shape shape = new Shape(positions, configuration.headDimension());
    this.cos = manager.create(tables.cos(), shape);
    this.sin = manager.create(tables.sin(), shape);
  }

  /** What the architecture is. */
  public ModelConfiguration configuration() {
    return configuration;
  }

  /** Cosine table as an argument, [positions, head dimension]. */
  public Argument cos() {
    return Argument.of(cos);
  }

  /** Sine table as an argument, [positions, head dimension]. */
  public Argument sin() {
    return Argument.of(sin);
  }

  /**
   * Runs one of the script's methods without recording a graph; results belong to {@code scope}.
   */
  public NDList run(String method, NDManager scope, Argument... arguments) {
    return module.run(method, scope, arguments);
  }

  /** As {@link #run}, recording the graph that a later {@code backward} needs. */
  public NDList runWithGradient(String method, NDManager scope, Argument... arguments) {
    return module.runWithGradient(method, scope, arguments);
  }

  /**
   * Logits of every token; for checks and small inputs, since all of them exist at once.
   *
   * @param tokenIds [batch, time], right-padded
   * @return [batch, time, vocabulary], owned by {@code scope}
   */
  public NDArray logits(NDManager scope, long[][] tokenIds, Weights weights) {
    NDArray ids = TokenMatrix.create(scope, tokenIds);
    return run("logits", scope, Argument.of(ids), cos(), sin(), weights.argument()).get(0);
  }

  @Override
  public void close() {
    manager.close();
    module.close();
  }
}
