package org.rlhfstreams.model.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.rlhfstreams.model.ModelException;

/** The fields of a {@code config.json}, with errors that name the file and the field. */
public final class ConfigurationFields {
  private static final int MOST_LAYERS = 10_000;

  private final String file;
  private final JsonNode json;

  /**
   * @param file for messages
   * @param json an object
   */
  public ConfigurationFields(String file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * The configuration, read by the architecture that the file names.
   *
   * @throws ModelException naming the field that is wrong or not supported
   */
  public TransformerConfiguration read() {
    String name = json.path("architectures").path(0).asText("");
    String type = json.path("model_type").asText("");
    for (Architecture architecture : Architectures.ALL) {
      boolean classifier = architecture.classifierName().equals(name);
      boolean unnamed = name.isEmpty() && architecture.modelType().equals(type);
      if (classifier || unnamed || architecture.languageModelName().equals(name)) {
        requireSupported(classifier);
        return architecture.read(this, classifier);
      }
    }
    List<String> supported = new ArrayList<>();
    Architectures.ALL.forEach(architecture -> supported.add(architecture.languageModelName()));
    Architectures.ALL.forEach(architecture -> supported.add(architecture.classifierName()));
    throw bad(
        "architectures",
        "is \"%s\"; supported are %s".formatted(name, String.join(", ", supported)));
  }

  private void requireSupported(boolean classifier) {
    if (json.hasNonNull("quantization_config")) {
      throw bad(
          "quantization_config", "is set; save the model unquantised, in float32 or bfloat16");
    }
    if (json.path("partial_rotary_factor").asDouble(1) != 1) {
      throw bad("partial_rotary_factor", "is not 1, which is not supported");
    }
    if (classifier && json.path("id2label").size() > 1) {
      throw bad("id2label", "has several labels; a reward model has one");
    }
  }

  boolean has(String field) {
    return json.hasNonNull(field);
  }

  /** Whether the field stands there, be it as null. */
  boolean mentions(String field) {
    return json.has(field);
  }

  JsonNode get(String field) {
    return json.path(field);
  }

  /** A count of at least 1. */
  int positive(String field) {
    JsonNode value = json.path(field);
    if (!value.isIntegralNumber() || value.asLong() < 1 || value.asLong() > Integer.MAX_VALUE) {
      throw bad(field, value.isMissingNode() ? "is missing" : "is " + value + ", not a count");
    }
    return value.asInt();
  }

  int positive(String field, int otherwise) {
    return has(field) ? positive(field) : otherwise;
  }

  /** A number above 0. */
  double number(String field, double otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    JsonNode value = json.path(field);
    if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
      throw bad(field, "is " + value + ", not a number above 0");
    }
    return value.asDouble();
  }

  boolean flag(String field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    JsonNode value = json.path(field);
    if (!value.isBoolean()) {
      throw bad(field, "is " + value + ", not true or false");
    }
    return value.asBoolean();
  }

  Activation activation(String field, String otherwise) {
    String name = has(field) ? json.path(field).asText() : otherwise;
    return Activation.named(name)
        .orElseThrow(
            () ->
                bad(
                    field,
                    "is \"%s\"; supported are %s"
                        .formatted(name, String.join(", ", Activation.allNames()))));
  }

  /** A number of layers; far more than anyone has are a damaged file. */
  int layers(String field) {
    int layers = positive(field);
    if (layers > MOST_LAYERS) {
      throw bad(field, "is " + layers + "; at most " + MOST_LAYERS + " are supported");
    }
    return layers;
  }

  /** Heads that queries are split into; they must share the keys evenly. */
  void requireShared(int heads, int keyValueHeads) {
    if (heads % keyValueHeads != 0) {
      throw bad("num_key_value_heads", "is " + keyValueHeads + ", which does not divide " + heads);
    }
  }

  Set<Integer> endOfSequence() {
    Set<Integer> ids = new LinkedHashSet<>();
    JsonNode value = json.path("eos_token_id");
    if (value.isArray()) {
      value.forEach(id -> ids.add(tokenId("eos_token_id", id)));
    } else if (!value.isMissingNode() && !value.isNull()) {
      ids.add(tokenId("eos_token_id", value));
    }
    return ids;
  }

  private int tokenId(String field, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw bad(field, "has " + value + ", which is no token id");
    }
    return value.asInt();
  }

  /** The fields of a nested object. */
  ConfigurationFields nested(String field) {
    return new ConfigurationFields(file + ": " + field, json.path(field));
  }

  ModelException bad(String field, String problem) {
    return new ModelException(file + ": " + field + " " + problem);
  }
}
