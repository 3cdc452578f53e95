package org.rlhfstreams.cli.info;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.rlhfstreams.model.architecture.Architecture;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;

/**
 * What a model directory holds.
 *
 * @param architecture as {@code config.json} names it
 * @param parameters in all, tied ones counted once
 * @param embeddingParameters of token embeddings, and of positions where they are learned
 * @param types that tensors are stored in
 * @param files bytes of each weight file
 * @param tokenizerVocabulary one more than the largest token id; empty without a tokenizer
 * @param stopTokens ids that finish a response
 */
public record ModelFacts(
    String architecture,
    TransformerConfiguration configuration,
    long parameters,
    long embeddingParameters,
    Set<String> types,
    SortedMap<String, Long> files,
    OptionalInt tokenizerVocabulary,
    boolean chatTemplate,
    Set<Integer> stopTokens) {

  /**
   * Looks at a directory; no weights are read.
   *
   * @throws org.rlhfstreams.model.ModelException where a file is damaged
   */
  public static ModelFacts of(ModelDirectory model) {
    TransformerConfiguration configuration = model.configuration();
    Architecture architecture = configuration.architecture();
    List<TensorSpecification> tensors = model.expectedTensors();
    Set<String> types = new TreeSet<>();
    tensors.forEach(tensor -> types.add(model.tensorType(tensor.name()).torchName()));
    return new ModelFacts(
        configuration.classifier()
            ? architecture.classifierName()
            : architecture.languageModelName(),
        configuration,
        tensors.stream().mapToLong(TensorSpecification::size).sum(),
        tensors.stream()
            .takeWhile(tensor -> !tensor.name().startsWith(architecture.layerPrefix(0)))
            .mapToLong(TensorSpecification::size)
            .sum(),
        types,
        model.weightFiles(),
        tokenizerVocabulary(model),
        ChatTemplate.find(model.path()).isPresent(),
        new TreeSet<>(model.stopTokens()));
  }

  private static OptionalInt tokenizerVocabulary(ModelDirectory model) {
    if (!Files.exists(model.path().resolve("tokenizer.json"))) {
      return OptionalInt.empty();
    }
    try (Tokenizer tokenizer = Tokenizer.open(model.path(), model.configuration())) {
      return OptionalInt.of(tokenizer.vocabularySize());
    }
  }

  /** Bytes of all weight files. */
  public long fileBytes() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Values by name, in the order to show them, of JSON's types. */
  public Map<String, Object> named() {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("architecture", architecture);
    named.put("parameters", parameters);
    named.put("embedding_parameters", embeddingParameters);
    named.put("layers", configuration.layers());
    named.put("heads", configuration.heads());
    named.put("key_value_heads", configuration.keyValueHeads());
    named.put("hidden_size", configuration.hiddenSize());
    named.put("context", configuration.maxPositions());
    named.put("vocabulary", configuration.vocabularySize());
    named.put("dtype", String.join(", ", types));
    named.put("files", files);
    named.put("file_bytes", fileBytes());
    named.put(
        "tokenizer_vocabulary",
        tokenizerVocabulary.isPresent() ? tokenizerVocabulary.getAsInt() : null);
    named.put("chat_template", chatTemplate);
    named.put("stop_tokens", stopTokens);
    return named;
  }
}
