package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.rlhfstreams.model.architecture.ModelConfiguration;
import org.rlhfstreams.model.architecture.RopeScaling;

/** Writes {@code config.json} in the form that transformers 4 and 5 both read. */
final class ConfigurationWriter {
  private ConfigurationWriter() {}

  static String write(ModelConfiguration configuration, TensorType type) {
    ObjectNode json = JsonFiles.MAPPER.createObjectNode();
    json.putArray("architectures")
        .add(configuration.classifier() ? "LlamaForSequenceClassification" : "LlamaForCausalLM");
    json.put("model_type", "llama");
    json.put("vocab_size", configuration.vocabularySize());
    json.put("hidden_size", configuration.hiddenSize());
    json.put("intermediate_size", configuration.intermediateSize());
    json.put("num_hidden_layers", configuration.layers());
    json.put("num_attention_heads", configuration.heads());
    json.put("num_key_value_heads", configuration.keyValueHeads());
    json.put("head_dim", configuration.headDimension());
    json.put("hidden_act", "silu");
    json.put("attention_bias", configuration.attention().inputBias());
    json.put("mlp_bias", configuration.feedForwardBias());
    json.put("rms_norm_eps", configuration.normEpsilon());
    json.put("rope_theta", configuration.rope().orElseThrow().theta());
    if (configuration.rope().orElseThrow().scaling() instanceof RopeScaling.Linear linear) {
      json.putObject("rope_scaling").put("rope_type", "linear").put("factor", linear.factor());
    } else if (configuration.rope().orElseThrow().scaling() instanceof RopeScaling.Llama3 llama3) {
      json.putObject("rope_scaling")
          .put("rope_type", "llama3")
          .put("factor", llama3.factor())
          .put("low_freq_factor", llama3.lowFrequencyFactor())
          .put("high_freq_factor", llama3.highFrequencyFactor())
          .put("original_max_position_embeddings", llama3.originalPositions());
    }
    json.put("max_position_embeddings", configuration.maxPositions());
    json.put("tie_word_embeddings", configuration.tieWordEmbeddings());
    json.putNull("bos_token_id");
    if (configuration.endOfSequence().size() == 1) {
      json.put("eos_token_id", configuration.endOfSequence().iterator().next());
    } else {
      configuration.endOfSequence().stream().sorted().forEach(json.withArray("eos_token_id")::add);
    }
    if (configuration.classifier()) {
      json.putObject("id2label").put("0", "LABEL_0");
      json.putObject("label2id").put("LABEL_0", 0);
    }
    json.put("torch_dtype", type.torchName());
    return json.toPrettyString() + "\n";
  }
}
