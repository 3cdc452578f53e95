package org.rlhfstreams.scorers.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/** The right answers to a prompt: from its metadata, or the same for all prompts. */
public final class ExpectedAnswer {
  /** What a user may set. */
  public static final List<ScorerSetting> SETTINGS =
      List.of(
          ScorerSetting.of("field", "answer", "the field of the metadata with the right answer"),
          ScorerSetting.optional(
              "expected", "the right answer to all prompts, in place of a field"),
          ScorerSetting.of(
              "list",
              "false",
              "true if the field has a JSON array of answers of which each is right"));

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String field;
  private final String constant;
  private final boolean list;

  private ExpectedAnswer(String field, String constant, boolean list) {
    this.field = field;
    this.constant = constant;
    this.list = list;
  }

  /** Reads {@link #SETTINGS}. */
  public static ExpectedAnswer of(SettingValues values) {
    ExpectedAnswer answer =
        new ExpectedAnswer(values.text("field"), values.text("expected"), values.flag("list"));
    if (answer.list && !answer.constant.isEmpty()) {
      try {
        answer.elements(answer.constant);
      } catch (RefusalException e) {
        throw values.problem("expected", e.getMessage());
      }
    }
    return answer;
  }

  /**
   * All right answers; at least one.
   *
   * @throws RefusalException if the prompt has none
   */
  public List<String> of(ScorerInput input) {
    String text = constant.isEmpty() ? input.metadata().get(field) : constant;
    if (text == null) {
      throw new RefusalException(
          "the prompt's metadata has no field \""
              + field
              + "\"; it has "
              + (input.metadata().isEmpty()
                  ? "none"
                  : String.join(", ", input.metadata().keySet().stream().sorted().toList())));
    }
    return list ? elements(text) : List.of(text);
  }

  private List<String> elements(String text) {
    try {
      JsonNode array = JSON.readTree(text);
      List<String> answers = new ArrayList<>();
      if (array.isArray()) {
        array.forEach(one -> answers.add(one.isValueNode() ? one.asText() : one.toString()));
      }
      if (!answers.isEmpty()) {
        return answers;
      }
    } catch (JsonProcessingException e) {
      // said below
    }
    throw new RefusalException(
        "\"" + Quote.of(text) + "\" is not a JSON array with at least one answer");
  }
}
