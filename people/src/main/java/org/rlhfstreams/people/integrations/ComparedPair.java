package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Preference;

/**
 * A prompt and two responses as annotation tools carry them.
 *
 * @param isFirst whether the first is preferred
 */
record ComparedPair(String prompt, String first, String second, boolean isFirst) {
  static ComparedPair of(Comparison comparison) {
    return new ComparedPair(
        comparison.getPromptText(),
        comparison.getFirst().getText(),
        comparison.getSecond().getText(),
        true);
  }

  /**
   * Reads what {@link #json} has written, back from a tool.
   *
   * @param path of the fields, for messages
   * @param choice first or second
   * @param choicePath of the choice, for messages
   */
  static ComparedPair read(JsonObject fields, String path, String choice, String choicePath) {
    if (!choice.equals("first") && !choice.equals("second")) {
      throw Members.wrong(choicePath, "first, second, tie or skip");
    }
    ComparedPair pair =
        new ComparedPair(
            Members.text(fields, "prompt", path + ".prompt"),
            Members.text(fields, "first", path + ".first"),
            Members.text(fields, "second", path + ".second"),
            choice.equals("first"));
    if (pair.first().equals(pair.second())) {
      throw Members.wrong(path + ".second", "another response than the first");
    }
    return pair;
  }

  JsonObject json() {
    return new JsonObject().put("prompt", prompt).put("first", first).put("second", second);
  }

  Preference preference(String id, String source, String annotator, Instant now) {
    return Preference.newBuilder()
        .setPreferenceId(id)
        .setPrompt(prompt)
        .setChosen(isFirst ? first : second)
        .setRejected(isFirst ? second : first)
        .setSource(source)
        .setAnnotators(List.of(annotator))
        .setCreatedAt(now)
        .build();
  }
}
