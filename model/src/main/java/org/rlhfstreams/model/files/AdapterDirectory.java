package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

/** Low-rank adapters as PEFT keeps them: {@code adapter_config.json} and its tensors. */
public final class AdapterDirectory {
  private static final String CONFIGURATION = "adapter_config.json";
  private static final String TENSORS = "adapter_model.safetensors";
  private static final List<String> MUST_BE_EMPTY =
      List.of(
          "rank_pattern",
          "alpha_pattern",
          "modules_to_save",
          "layers_to_transform",
          "layers_pattern",
          "target_parameters",
          "trainable_token_indices",
          "exclude_modules");
  private static final List<String> MUST_BE_FALSE = List.of("use_dora", "lora_bias");

  private final LowRankAdapters adapters;
  private final List<TensorSpecification> specifications;
  private final SafetensorsFile tensors;

  private AdapterDirectory(
      LowRankAdapters adapters, List<TensorSpecification> specifications, SafetensorsFile tensors) {
    this.adapters = adapters;
    this.specifications = specifications;
    this.tensors = tensors;
  }

  /**
   * Opens adapters and checks them against the model that they change.
   *
   * @throws ModelException naming the file, the field or tensor, and what to do
   */
  public static AdapterDirectory open(Path directory, TransformerConfiguration configuration) {
    if (!Files.exists(directory)) {
      ModelDirectory.recover(directory);
    }
    Path file = directory.resolve(CONFIGURATION);
    LowRankAdapters adapters = read(file, JsonFiles.readObject(file));
    List<TensorSpecification> specifications = adapters.tensors(configuration);
    SafetensorsFile tensors = SafetensorsFile.open(directory.resolve(TENSORS));
    Set<String> unused = new TreeSet<>(tensors.names());
    for (TensorSpecification tensor : specifications) {
      if (!tensors.names().contains(tensor.name())
          || !tensors.shape(tensor.name()).equals(tensor.shape())) {
        throw new ModelException(
            "%s: tensor %s is %s, but %s and the model ask for %s: they are not of one adapter"
                .formatted(
                    tensors.path(),
                    tensor.name(),
                    tensors.names().contains(tensor.name())
                        ? "of shape " + tensors.shape(tensor.name())
                        : "missing",
                    CONFIGURATION,
                    tensor.shape()));
      }
      unused.remove(tensor.name());
    }
    if (!unused.isEmpty()) {
      throw new ModelException(
          "%s: tensor %s is not one that %s and the model ask for"
              .formatted(tensors.path(), unused.iterator().next(), CONFIGURATION));
    }
    return new AdapterDirectory(adapters, specifications, tensors);
  }

  private static LowRankAdapters read(Path file, JsonNode json) {
    if (!json.path("peft_type").asText().equals("LORA")) {
      throw bad(file, "peft_type", "is " + json.path("peft_type") + "; only LORA is supported");
    }
    for (String field : MUST_BE_EMPTY) {
      if (json.hasNonNull(field) && !json.get(field).isEmpty()) {
        throw bad(file, field, "is set, which is not supported");
      }
    }
    for (String field : MUST_BE_FALSE) {
      if (json.path(field).asBoolean(false)) {
        throw bad(file, field, "is true, which is not supported");
      }
    }
    if (!json.path("bias").asText("none").equals("none")) {
      throw bad(file, "bias", "is " + json.get("bias") + "; only \"none\" is supported");
    }
    Set<String> targets = new TreeSet<>();
    json.path("target_modules").forEach(target -> targets.add(target.asText()));
    if (targets.isEmpty() || !json.path("target_modules").isArray()) {
      throw bad(file, "target_modules", "is not a list of module names");
    }
    int rank = json.path("r").asInt();
    double alpha = json.path("lora_alpha").asDouble();
    if (rank < 1 || !(alpha > 0)) {
      throw bad(file, "r", "and lora_alpha must be above 0, not " + rank + " and " + alpha);
    }
    return new LowRankAdapters(rank, alpha, targets, json.path("use_rslora").asBoolean(false));
  }

  private static ModelException bad(Path file, String field, String problem) {
    return new ModelException(file + ": " + field + " " + problem);
  }

  /** Rank, scale and targets. */
  public LowRankAdapters adapters() {
    return adapters;
  }

  /** The tensors, in the order that the decoder takes them. */
  public List<TensorSpecification> specifications() {
    return specifications;
  }

  /** Their values, row-major, in the same order. */
  public List<float[]> values() {
    List<float[]> values = new ArrayList<>();
    specifications.forEach(tensor -> values.add(tensors.readFloats(tensor.name())));
    return values;
  }

  /**
   * Writes adapters in PEFT's form: aside, synced, and then put in place.
   *
   * @param values one row-major array a tensor of {@code adapters}
   * @param base the model that they change, as {@code base_model_name_or_path}
   * @throws ModelException where the files cannot be written
   */
  public static void save(
      Path target,
      LowRankAdapters adapters,
      TransformerConfiguration configuration,
      List<float[]> values,
      String base) {
    List<TensorSource> sources = new ArrayList<>();
    List<TensorSpecification> specifications = adapters.tensors(configuration);
    for (int i = 0; i < specifications.size(); i++) {
      float[] tensor = values.get(i);
      sources.add(TensorSource.ofFloats(specifications.get(i), TensorType.F32, () -> tensor));
    }
    try (StagedDirectory staged = StagedDirectory.beside(target)) {
      Files.writeString(
          staged.path().resolve(CONFIGURATION),
          json(adapters, configuration, base).toPrettyString() + "\n",
          StandardCharsets.UTF_8);
      SafetensorsWriter.write(staged.path().resolve(TENSORS), sources, Map.of("format", "pt"));
      SavedModel unusedSaved = staged.commit();
    } catch (IOException e) {
      throw new ModelException(target + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static ObjectNode json(
      LowRankAdapters adapters, TransformerConfiguration configuration, String base) {
    ObjectNode json = JsonFiles.MAPPER.createObjectNode();
    json.put("base_model_name_or_path", base);
    json.put("bias", "none");
    json.put("fan_in_fan_out", configuration.architecture().inputFirst());
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.put("lora_alpha", adapters.alpha());
    json.put("lora_dropout", 0.0);
    json.putNull("modules_to_save");
    json.put("peft_type", "LORA");
    json.put("r", adapters.rank());
    new TreeSet<>(adapters.targetModules()).forEach(json.withArray("target_modules")::add);
    json.put("task_type", "CAUSAL_LM");
    json.put("use_dora", false);
    json.put("use_rslora", adapters.rankStabilised());
    return json;
  }
}
