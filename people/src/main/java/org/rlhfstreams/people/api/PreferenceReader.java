package org.rlhfstreams.people.api;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.problems.ProblemException;

/**
 * Makes preferences of what applications send. Ids begin with the application's name, so that none
 * can speak for another or for the people who judge comparisons.
 */
final class PreferenceReader {
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "pair", Set.of("chosen", "rejected"),
          "choice", Set.of("first", "second", "chosen"),
          "rating", Set.of("response", "good"),
          "edit", Set.of("original", "edited"));
  private static final Set<String> COMMON =
      Set.of("preferenceId", "kind", "prompt", "messages", "tools", "chat_template_kwargs", "user");

  private PreferenceReader() {}

  /**
   * Reads one that fits the document.
   *
   * @param application who sends it
   * @throws ProblemException naming the field that is missing, too much, or contradicts another
   */
  static Preference read(JsonObject body, String application, Instant now) {
    String kind = body.getString("kind");
    requireFields(body, kind);
    JsonObject row = prompt(body);
    switch (kind) {
      case "pair" -> {
        pair(row, body.getString("chosen"), body.getString("rejected"), "rejected");
        if (body.containsKey("margin")) {
          row.put("margin", body.getNumber("margin"));
        }
      }
      case "choice" -> {
        boolean first = isFirst(body.getString("chosen"));
        pair(
            row,
            body.getString(first ? "first" : "second"),
            body.getString(first ? "second" : "first"),
            "second");
      }
      case "rating" ->
          row.put("completion", body.getString("response")).put("label", body.getBoolean("good"));
      default -> pair(row, body.getString("edited"), body.getString("original"), "edited");
    }
    Preference.Builder preference =
        Preference.newBuilder(new RequestRow(row, "").preference("application:" + application))
            .setPreferenceId("application/" + application + "/" + body.getString("preferenceId"))
            .setCreatedAt(now);
    if (body.containsKey("user")) {
      preference.setAnnotators(List.of(application + "/" + body.getString("user")));
    }
    Preference made = preference.build();
    requireSize(made);
    return made;
  }

  /** The columns of a file that the prompt has. */
  private static JsonObject prompt(JsonObject body) {
    if (body.containsKey("prompt") == body.containsKey("messages")) {
      throw ProblemException.at(
          "prompt", 400, "Not in order", "a preference has either a prompt or messages");
    }
    JsonObject row = new JsonObject();
    for (String column : List.of("prompt", "messages", "tools", "chat_template_kwargs")) {
      if (body.containsKey(column)) {
        row.put(column, body.getValue(column));
      }
    }
    return row;
  }

  private static void requireFields(JsonObject body, String kind) {
    Set<String> needed = FIELDS.get(kind);
    for (String field : needed.stream().sorted().toList()) {
      if (!body.containsKey(field)) {
        throw ProblemException.at(
            field, 400, "Not in order", "the kind %s needs it".formatted(kind));
      }
    }
    for (String field : body.fieldNames()) {
      boolean isMargin = field.equals("margin") && kind.equals("pair");
      if (!needed.contains(field) && !COMMON.contains(field) && !isMargin) {
        throw ProblemException.at(
            field, 400, "Not in order", "the kind %s has none".formatted(kind));
      }
    }
  }

  private static boolean isFirst(String chosen) {
    if (!chosen.equals("first") && !chosen.equals("second")) {
      throw ProblemException.at("chosen", 400, "Not in order", "say first or second");
    }
    return chosen.equals("first");
  }

  private static void pair(JsonObject row, String chosen, String rejected, String field) {
    if (chosen.equals(rejected)) {
      throw ProblemException.at(
          field, 400, "No preference", "both responses are the same, so that nothing is preferred");
    }
    row.put("chosen", chosen).put("rejected", rejected);
  }

  /**
   * Refuses what does not fit a record.
   *
   * @throws ProblemException 413
   */
  static void requireSize(Preference preference) {
    RecordSize.require(
        "prompt",
        RecordSize.bytes(preference.getPrompt())
            + RecordSize.bytes(preference.getChosen())
            + (preference.getRejected() == null ? 0 : RecordSize.bytes(preference.getRejected())));
  }
}
