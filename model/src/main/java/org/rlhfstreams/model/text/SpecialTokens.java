package org.rlhfstreams.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.rlhfstreams.model.ModelException;

/**
 * The special tokens of a model directory, found as transformers finds them: in {@code
 * tokenizer_config.json}, in the older {@code special_tokens_map.json}, and otherwise those that
 * the tokenizer's class has by default, as GPT-2's has.
 */
final class SpecialTokens {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String END = "eos_token";
  private static final String BEGINNING = "bos_token";
  private static final List<String> SINGLE =
      List.of(BEGINNING, END, "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");
  private static final String ADDITIONAL = "additional_special_tokens";
  private static final String GPT2_TOKEN = "<|endoftext|>";

  private static final Map<String, Map<String, String>> CLASS_DEFAULTS =
      Map.of(
          "GPT2Tokenizer",
          Map.of(BEGINNING, GPT2_TOKEN, END, GPT2_TOKEN, "unk_token", GPT2_TOKEN),
          "LlamaTokenizer",
          Map.of(BEGINNING, "<s>", END, "</s>", "unk_token", "<unk>"),
          "Qwen2Tokenizer",
          Map.of(END, GPT2_TOKEN, "pad_token", GPT2_TOKEN, "unk_token", GPT2_TOKEN));

  // Classes of models whose tokenizer_config.json names none. Llama's has no class of its own.
  private static final Map<String, String> CLASS_OF_MODEL =
      Map.of("gpt2", "GPT2Tokenizer", "qwen2", "Qwen2Tokenizer", "qwen3", "Qwen2Tokenizer");

  private final Path directory;
  private final JsonNode configuration;
  private final JsonNode older;
  private final Map<String, String> defaults;

  private SpecialTokens(Path directory) {
    this.directory = directory;
    this.configuration = read("tokenizer_config.json");
    this.older = read("special_tokens_map.json");
    this.defaults = defaults();
  }

  /**
   * Those of a directory, which may lack any of the files.
   *
   * @throws ModelException if one of the files is damaged
   */
  static SpecialTokens of(Path directory) {
    return new SpecialTokens(directory);
  }

  private JsonNode read(String name) {
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      return MAPPER.createObjectNode();
    }
    try {
      return MAPPER.readTree(file.toFile());
    } catch (IOException e) {
      throw new ModelException(
          file + " cannot be read: " + e.getMessage() + "; fetch or write it again", e);
    }
  }

  private Map<String, String> defaults() {
    JsonNode model = read("config.json");
    String ofModel = CLASS_OF_MODEL.getOrDefault(model.path("model_type").asText(), "");
    String named =
        configuration.path("tokenizer_class").asText(model.path("tokenizer_class").asText(ofModel));
    return CLASS_DEFAULTS.getOrDefault(named.replaceFirst("Fast$", ""), Map.of());
  }

  /** What {@code tokenizer_config.json} says; an empty object if there is none. */
  JsonNode configuration() {
    return configuration;
  }

  /** Those that have a value, for templates; transformers leaves the others undefined too. */
  Map<String, Object> named() {
    Map<String, Object> tokens = new LinkedHashMap<>();
    for (String name : SINGLE) {
      single(name).ifPresent(text -> tokens.put(name, text));
    }
    List<String> additional = new ArrayList<>();
    for (JsonNode token : written(ADDITIONAL)) {
      text(token).ifPresent(additional::add);
    }
    if (!additional.isEmpty()) {
      tokens.put(ADDITIONAL, additional);
    }
    return tokens;
  }

  private Optional<String> single(String name) {
    JsonNode written = written(name);
    return written.isMissingNode() ? Optional.ofNullable(defaults.get(name)) : text(written);
  }

  /** The older file goes first unless the newer one is complete without it, as in transformers. */
  private JsonNode written(String name) {
    boolean complete = configuration.has("added_tokens_decoder") && configuration.has(name);
    return older.has(name) && !complete ? older.get(name) : configuration.path(name);
  }

  private static Optional<String> text(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
  }

  /**
   * The id of the end of sequence: of the token that is named, or, if the tokenizer has none of
   * that name, what {@code config.json} or {@code generation_config.json} says.
   *
   * @param tokenizer the content of {@code tokenizer.json}
   * @param vocabularySize one more than its largest id
   */
  OptionalInt endOfSequence(JsonNode tokenizer, int vocabularySize) {
    OptionalInt named = single(END).map(token -> id(tokenizer, token)).orElse(OptionalInt.empty());
    for (String file : List.of("config.json", "generation_config.json")) {
      if (named.isEmpty()) {
        JsonNode written = read(file).path("eos_token_id");
        JsonNode id = written.isArray() ? written.path(0) : written;
        boolean known = id.isInt() && id.asInt() >= 0 && id.asInt() < vocabularySize;
        named = known ? OptionalInt.of(id.asInt()) : OptionalInt.empty();
      }
    }
    return named;
  }

  /**
   * The id of the beginning of sequence.
   *
   * @param tokenizer the content of {@code tokenizer.json}
   */
  OptionalInt beginningOfSequence(JsonNode tokenizer) {
    return single(BEGINNING).map(token -> id(tokenizer, token)).orElse(OptionalInt.empty());
  }

  private static OptionalInt id(JsonNode tokenizer, String token) {
    for (JsonNode added : tokenizer.path("added_tokens")) {
      if (added.path("content").asText().equals(token)) {
        return OptionalInt.of(added.path("id").asInt());
      }
    }
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    for (int id = 0; id < vocabulary.size() && vocabulary.isArray(); id++) {
      if (vocabulary.get(id).path(0).asText().equals(token)) { // unigram: [piece, score] by id
        return OptionalInt.of(id);
      }
    }
    JsonNode id = vocabulary.path(token);
    return id.isInt() ? OptionalInt.of(id.asInt()) : OptionalInt.empty();
  }
}
