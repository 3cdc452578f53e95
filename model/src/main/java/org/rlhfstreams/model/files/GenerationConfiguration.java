package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.rlhfstreams.model.ModelException;

/**
 * What a {@code generation_config.json} says; each part is empty where it says nothing.
 *
 * @param endOfSequence ids that finish a response, in the file's order
 * @param beginningOfSequence id that a text begins with
 * @param padding id that fills rows up
 * @param doSample false takes the most likely token
 * @param temperature what logits are divided by, at least 0
 * @param topK only so many most likely tokens; 0 keeps all
 * @param topP only the most likely tokens that together reach this probability, in (0, 1]
 * @param minP only tokens of at least this probability times that of the most likely, in [0, 1]
 * @param repetitionPenalty above 0; 1 penalises nothing
 * @param maxNewTokens response tokens at most, at least 1
 */
public record GenerationConfiguration(
    Set<Integer> endOfSequence,
    OptionalInt beginningOfSequence,
    OptionalInt padding,
    Optional<Boolean> doSample,
    OptionalDouble temperature,
    OptionalInt topK,
    OptionalDouble topP,
    OptionalDouble minP,
    OptionalDouble repetitionPenalty,
    OptionalInt maxNewTokens) {
  /** Name of the file. */
  public static final String FILE = "generation_config.json";

  /** Says nothing. */
  public static final GenerationConfiguration EMPTY =
      new GenerationConfiguration(
          Set.of(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty());

  public GenerationConfiguration {
    endOfSequence = Collections.unmodifiableSet(new LinkedHashSet<>(endOfSequence));
  }

  /**
   * Reads a file.
   *
   * @throws ModelException naming the file and the field that is wrong
   */
  public static GenerationConfiguration read(Path file) {
    return new Fields(file, JsonFiles.readObject(file)).read();
  }

  private record Fields(Path file, JsonNode json) {
    GenerationConfiguration read() {
      return new GenerationConfiguration(
          endOfSequence(),
          integer("bos_token_id", 0),
          integer("pad_token_id", 0),
          flag("do_sample"),
          number("temperature", 0, Double.MAX_VALUE, "a number of at least 0"),
          integer("top_k", 0),
          number("top_p", Double.MIN_VALUE, 1, "a number above 0 and at most 1"),
          number("min_p", 0, 1, "a number from 0 to 1"),
          number("repetition_penalty", Double.MIN_VALUE, Double.MAX_VALUE, "a number above 0"),
          integer("max_new_tokens", 1));
    }

    private Set<Integer> endOfSequence() {
      String field = "eos_token_id";
      Set<Integer> ids = new LinkedHashSet<>();
      JsonNode value = json.path(field);
      if (value.isArray()) {
        value.forEach(id -> ids.add(integer(field, id, 0)));
      } else if (json.hasNonNull(field)) {
        ids.add(integer(field, value, 0));
      }
      return ids;
    }

    private OptionalInt integer(String field, int least) {
      return json.hasNonNull(field)
          ? OptionalInt.of(integer(field, json.get(field), least))
          : OptionalInt.empty();
    }

    private int integer(String field, JsonNode value, int least) {
      if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < least) {
        throw bad(field, value, "a whole number of at least " + least);
      }
      return value.asInt();
    }

    private OptionalDouble number(String field, double least, double most, String expected) {
      if (!json.hasNonNull(field)) {
        return OptionalDouble.empty();
      }
      JsonNode value = json.get(field);
      if (!value.isNumber() || !(value.asDouble() >= least && value.asDouble() <= most)) {
        throw bad(field, value, expected);
      }
      return OptionalDouble.of(value.asDouble());
    }

    private Optional<Boolean> flag(String field) {
      if (!json.hasNonNull(field)) {
        return Optional.empty();
      }
      if (!json.get(field).isBoolean()) {
        throw bad(field, json.get(field), "true or false");
      }
      return Optional.of(json.get(field).asBoolean());
    }

    private ModelException bad(String field, JsonNode value, String expected) {
      return new ModelException(
          "%s: %s is %s, but must be %s".formatted(file, field, value, expected));
    }
  }
}
