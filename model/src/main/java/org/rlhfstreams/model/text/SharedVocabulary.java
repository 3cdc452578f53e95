package org.rlhfstreams.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.HubCache;

/**
 * The rule that a model can read another's tokens only where every id stands for the same token in
 * both.
 */
public final class SharedVocabulary {
  private static final String TOKENIZER = "tokenizer.json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private SharedVocabulary() {}

  /**
   * Refuses two models with different vocabularies.
   *
   * @param one a model directory, or what else {@link HubCache#resolve} finds
   * @param other likewise
   * @throws ModelException naming both and the first token in which they differ
   */
  public static void require(Path one, Path other) {
    Path first = HubCache.resolve(one);
    Path second = HubCache.resolve(other);
    if (first.equals(second)) {
      return;
    }
    SortedMap<Integer, String> tokens = tokens(first);
    SortedMap<Integer, String> others = tokens(second);
    if (tokens.equals(others)) {
      return;
    }
    SortedMap<Integer, String> all = new TreeMap<>(tokens);
    all.putAll(others);
    int id =
        all.keySet().stream()
            .filter(key -> !Objects.equals(tokens.get(key), others.get(key)))
            .findFirst()
            .orElseThrow();
    throw new ModelException(
        String.format(
            Locale.ROOT,
            ("%s and %s have different tokenizers: token %d is %s in the first and %s in the second;"
                + " name two models of one family"),
            one,
            other,
            id,
            shown(tokens.get(id)),
            shown(others.get(id))));
  }

  /**
   * The same, but a directory without a tokenizer is trusted to be of the other's family: nobody
   * can tell.
   *
   * @throws ModelException naming both and the first token in which they differ
   */
  public static void requireWhereKnown(Path one, Path other) {
    if (hasTokenizer(one) && hasTokenizer(other)) {
      require(one, other);
    }
  }

  private static boolean hasTokenizer(Path model) {
    return Files.exists(HubCache.resolve(model).resolve(TOKENIZER));
  }

  private static String shown(String token) {
    return token == null ? "missing" : "\"" + token + "\"";
  }

  private static SortedMap<Integer, String> tokens(Path directory) {
    Path file = directory.resolve(TOKENIZER);
    JsonNode json;
    try {
      json = MAPPER.readTree(file.toFile());
    } catch (IOException e) {
      throw new ModelException(
          file + " cannot be read: a model directory needs its tokenizer beside the weights", e);
    }
    SortedMap<Integer, String> tokens = new TreeMap<>();
    JsonNode vocabulary = json.path("model").path("vocab");
    if (vocabulary.isArray()) {
      for (int id = 0; id < vocabulary.size(); id++) {
        tokens.put(id, vocabulary.get(id).path(0).asText()); // unigram: [piece, score] by id
      }
    }
    for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
      tokens.put(token.getValue().asInt(), token.getKey());
    }
    for (JsonNode token : json.path("added_tokens")) {
      tokens.put(token.path("id").asInt(), token.path("content").asText());
    }
    return tokens;
  }
}
