package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.schemas.RevisionId;

/**
 * One annotation of Label Studio, which is the same in its webhooks, exports and API.
 *
 * @param application whose token sends it
 * @param now when it came
 */
record LabelStudioAnnotation(String application, Instant now) {
  private static final String TOOL = RevisionId.LABEL_STUDIO;

  /** The control that decides. */
  static final String DECIDES = "preference";

  /** The member of a task's data that names our question. */
  static final String COMPARISON_ID = "comparisonId";

  /** Its name here. */
  String name(JsonObject annotation, String path) {
    return TOOL + "/" + application + "/" + Members.name(annotation, "id", path + ".id");
  }

  /**
   * What it says.
   *
   * @param path of the annotation, for messages
   * @param data of its task
   * @param dataPath of the data, for messages
   */
  Revision read(JsonObject annotation, String path, JsonObject data, String dataPath) {
    RevisionId id =
        new RevisionId(
            name(annotation, path), Members.time(annotation, "updated_at", path + ".updated_at"));
    Choice choice = choice(annotation, path);
    String annotator = annotator(annotation, path);
    Optional<String> comparisonId = ComparedPair.comparisonId(data, COMPARISON_ID);
    Optional<ToolAnswer> answer =
        comparisonId.map(question -> new ToolAnswer(question, annotator, choice, id.at()));
    if (choice == Choice.TIE || choice == Choice.SKIP) {
      return new Revision(id, Optional.empty(), answer);
    }
    return new Revision(
        id,
        Optional.of(
            ComparedPair.read(data, dataPath, comparisonId)
                .preference(id.text(), choice, TOOL + ":" + application, annotator, now)),
        answer);
  }

  /** What the deciding control says; nothing decides if neither of a Pairwise is selected. */
  private static Choice choice(JsonObject annotation, String path) {
    if (Boolean.TRUE.equals(annotation.getValue("was_cancelled"))) {
      return Choice.SKIP;
    }
    String resultPath = path + ".result";
    JsonArray results = Members.array(annotation, "result", resultPath);
    OptionalInt named = first(results, LabelStudioAnnotation::isNamed);
    OptionalInt deciding =
        named.isPresent() ? named : first(results, LabelStudioAnnotation::isPairwise);
    if (deciding.isEmpty()) {
      return Choice.TIE;
    }
    String valuePath = resultPath + "." + deciding.getAsInt() + ".value";
    JsonObject result = results.getJsonObject(deciding.getAsInt());
    JsonObject value = Members.object(result, "value", valuePath);
    return isPairwise(result)
        ? selected(value, valuePath)
        : ToolChoice.named(chosen(value, valuePath), resultPath);
  }

  private static OptionalInt first(JsonArray results, Predicate<JsonObject> wanted) {
    return IntStream.range(0, results.size())
        .filter(i -> results.getValue(i) instanceof JsonObject result && wanted.test(result))
        .findFirst();
  }

  private static boolean isNamed(JsonObject result) {
    return DECIDES.equals(result.getValue("from_name"))
        && (isPairwise(result) || "choices".equals(result.getValue("type")));
  }

  private static boolean isPairwise(JsonObject result) {
    return "pairwise".equals(result.getValue("type"));
  }

  /** Left of a Pairwise is the one that its toName names first. */
  private static Choice selected(JsonObject value, String path) {
    return switch (Members.name(value, "selected", path + ".selected")) {
      case "left" -> Choice.FIRST;
      case "right" -> Choice.SECOND;
      default -> throw Members.wrong(path + ".selected", "left or right");
    };
  }

  private static String chosen(JsonObject value, String path) {
    JsonArray choices = Members.array(value, "choices", path + ".choices");
    return choices.isEmpty() ? "skip" : String.valueOf(choices.getValue(0));
  }

  /** Annotations that were imported with their task, or whose person was removed, name nobody. */
  private static String annotator(JsonObject annotation, String path) {
    String field = "completed_by";
    if (annotation.getValue(field) == null) {
      return TOOL + "/unknown";
    }
    return TOOL
        + "/"
        + (annotation.getValue(field) instanceof JsonObject person
            ? Members.name(person, "id", path + "." + field + ".id")
            : Members.name(annotation, field, path + "." + field));
  }
}
