package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Preference;

/**
 * A prompt and two responses as annotation tools carry them.
 *
 * @param comparisonId our question, if they come from one
 */
record ComparedPair(String prompt, String first, String second, Optional<String> comparisonId) {
  private static final int LONGEST_ID = 512;

  static ComparedPair of(Comparison comparison) {
    return new ComparedPair(
        comparison.getPromptText(),
        comparison.getFirst().getText(),
        comparison.getSecond().getText(),
        Optional.of(comparison.getComparisonId()));
  }

  /**
   * Reads what {@link #json} has written, back from a tool.
   *
   * @param path of the fields, for messages
   */
  static ComparedPair read(JsonObject fields, String path, Optional<String> comparisonId) {
    ComparedPair pair =
        new ComparedPair(
            Members.text(fields, "prompt", path + ".prompt"),
            Members.text(fields, "first", path + ".first"),
            Members.text(fields, "second", path + ".second"),
            comparisonId);
    if (pair.first().equals(pair.second())) {
      throw Members.wrong(path + ".second", "another response than the first");
    }
    return pair;
  }

  /** The id of our question that a tool has kept for us, if it has one. */
  static Optional<String> comparisonId(JsonObject holder, String name) {
    return holder.getValue(name) instanceof String id && !id.isEmpty() && id.length() <= LONGEST_ID
        ? Optional.of(id)
        : Optional.empty();
  }

  JsonObject json() {
    return new JsonObject().put("prompt", prompt).put("first", first).put("second", second);
  }

  /**
   * The preference of who chose.
   *
   * @param choice first or second
   */
  Preference preference(String id, Choice choice, String source, String annotator, Instant now) {
    boolean isFirst = choice == Choice.FIRST;
    return Preference.newBuilder()
        .setPreferenceId(id)
        .setPrompt(prompt)
        .setChosen(isFirst ? first : second)
        .setRejected(isFirst ? second : first)
        .setSource(source)
        .setComparisonId(comparisonId.orElse(null))
        .setAnnotators(List.of(annotator))
        .setCreatedAt(now)
        .build();
  }
}
