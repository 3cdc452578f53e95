package org.rlhfstreams.model.decoder;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.model.architecture.ActivationScript;
import org.rlhfstreams.model.architecture.LayerLayout;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

/**
 * What the names in capitals of the decoder's script stand for. A tensor's name is the one that it
 * has in the checkpoint: {@code self_attn.q_proj.weight} of a layer is {@code SELF_ATTN_Q_PROJ},
 * its position within the layer, and {@code model.norm.weight} is {@code NORM}, its position among
 * all weights.
 */
final class ScriptNames {
  private static final String WEIGHT = ".weight";

  /** Probabilities that are summed at once when a token is drawn. */
  private static final int SUM_BLOCK = 128;

  private final Map<String, String> names = new LinkedHashMap<>();

  private ScriptNames() {}

  static Map<String, String> of(TransformerConfiguration configuration) {
    ScriptNames all = new ScriptNames();
    all.addTensors(configuration);
    all.addActivation(configuration.activation().script());
    all.add("SUM_BLOCK", SUM_BLOCK);
    all.add("CACHE_BLOCK", AttentionSizes.CACHE_BLOCK);
    all.add("MOST_SCORES_BY_PRODUCTS", AttentionSizes.MOST_SCORES_BY_PRODUCTS);
    all.addCodes("", SamplingSetting.values());
    all.addCodes("", OptimizerSetting.values());
    all.addCodes("KEEP_", KeptLogits.values());
    return all.names;
  }

  private void addTensors(TransformerConfiguration configuration) {
    String prefix = configuration.architecture().bodyPrefix();
    LayerLayout layer = configuration.layer();
    int firstLayer = ScriptConstants.firstLayer(configuration);
    addTensors(prefix, configuration.architecture().embeddings(configuration), 0);
    layer.positions().forEach((tensor, position) -> add(nameOf(tensor), position));
    add("MISSING", LayerLayout.MISSING);
    addTensors(
        prefix,
        configuration.architecture().finalNorm(configuration),
        firstLayer + configuration.layers() * layer.size());
  }

  private void addTensors(String prefix, List<TensorSpecification> tensors, int first) {
    for (int i = 0; i < tensors.size(); i++) {
      add(nameOf(tensors.get(i).name().substring(prefix.length())), first + i);
    }
  }

  private static String nameOf(String tensor) {
    String module =
        tensor.endsWith(WEIGHT) ? tensor.substring(0, tensor.length() - WEIGHT.length()) : tensor;
    return module.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private void addActivation(ActivationScript activation) {
    add("ACTIVATION_OF_X", activation.formula());
    add("FUSED_ACTIVATION", '"' + activation.fusedName() + '"');
    add("FUSED_ALGORITHM", '"' + activation.fusedAlgorithm() + '"');
    add("REST_OF_ACTIVATION_OF_X", activation.rest());
  }

  private void addCodes(String prefix, ScriptCode[] codes) {
    for (ScriptCode code : codes) {
      add(prefix + code.name(), code.code());
    }
  }

  private void add(String name, long value) {
    add(name, Long.toString(value));
  }

  private void add(String name, String value) {
    if (names.put(name, value) != null) {
      throw new IllegalStateException(
          name + " stands for two things in the decoder's script; rename one");
    }
  }
}
