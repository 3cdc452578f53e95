package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads {@code config.json} in the style of transformers 4 and of transformers 5. */
final class ConfigurationReader {
  private final Path file;
  private final JsonNode json;

  private ConfigurationReader(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  static ModelConfiguration read(Path file) {
    return new ConfigurationReader(file, JsonFiles.readObject(file)).configuration();
  }

  private ModelConfiguration configuration() {
    String architecture = json.path("architectures").path(0).asText("");
    boolean classifier = architecture.equals("LlamaForSequenceClassification");
    if (!classifier && !architecture.equals("LlamaForCausalLM")) {
      throw bad(
          "architectures",
          "is \""
              + architecture
              + "\"; supported are LlamaForCausalLM and LlamaForSequenceClassification");
    }
    if (!json.path("hidden_act").asText("silu").equals("silu")) {
      throw bad("hidden_act", "is " + json.get("hidden_act") + "; only \"silu\" is supported");
    }
    if (classifier && json.path("id2label").size() > 1) {
      throw bad("id2label", "has several labels; a reward model has one");
    }
    int hidden = positive("hidden_size");
    int heads = positive("num_attention_heads");
    int keyValueHeads =
        json.hasNonNull("num_key_value_heads") ? positive("num_key_value_heads") : heads;
    int headDimension = json.hasNonNull("head_dim") ? positive("head_dim") : hidden / heads;
    if (heads % keyValueHeads != 0) {
      throw bad("num_key_value_heads", "is " + keyValueHeads + ", which does not divide " + heads);
    }
    if (headDimension % 2 != 0) {
      throw bad("head_dim", "is " + headDimension + "; rotary embeddings need an even one");
    }
    return new ModelConfiguration(
        classifier,
        positive("vocab_size"),
        hidden,
        positive("intermediate_size"),
        positive("num_hidden_layers"),
        heads,
        keyValueHeads,
        headDimension,
        json.path("attention_bias").asBoolean(false),
        json.path("mlp_bias").asBoolean(false),
        json.path("rms_norm_eps").asDouble(1e-6),
        ropeTheta(),
        ropeScaling(),
        positive("max_position_embeddings"),
        json.path("tie_word_embeddings").asBoolean(false),
        endOfSequence());
  }

  private double ropeTheta() {
    JsonNode inside = json.path("rope_parameters").path("rope_theta");
    return inside.isNumber() ? inside.asDouble() : json.path("rope_theta").asDouble(10000);
  }

  private RopeScaling ropeScaling() {
    String key = json.hasNonNull("rope_parameters") ? "rope_parameters" : "rope_scaling";
    JsonNode rope = json.path(key);
    String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(number(key, rope, "factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              number(key, rope, "factor"),
              number(key, rope, "low_freq_factor"),
              number(key, rope, "high_freq_factor"),
              (int) number(key, rope, "original_max_position_embeddings"));
      default ->
          throw bad(key, "has rope_type \"" + type + "\"; supported are default, linear, llama3");
    };
  }

  private double number(String key, JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (!value.isNumber() || value.asDouble() <= 0) {
      throw bad(key + "." + field, "must be a number above 0");
    }
    return value.asDouble();
  }

  private Set<Integer> endOfSequence() {
    Set<Integer> ids = new LinkedHashSet<>();
    JsonNode value = json.path("eos_token_id");
    if (value.isArray()) {
      value.forEach(id -> ids.add(id.asInt()));
    } else if (value.isNumber()) {
      ids.add(value.asInt());
    }
    return ids;
  }

  private int positive(String field) {
    JsonNode value = json.path(field);
    if (!value.isIntegralNumber() || value.asLong() < 1 || value.asLong() > Integer.MAX_VALUE) {
      throw bad(field, value.isMissingNode() ? "is missing" : "is " + value + ", not a count");
    }
    return value.asInt();
  }

  private ModelException bad(String field, String problem) {
    return new ModelException(file + ": " + field + " " + problem);
  }
}
