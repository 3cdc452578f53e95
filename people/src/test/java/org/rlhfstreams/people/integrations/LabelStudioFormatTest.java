package org.rlhfstreams.people.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.live.PromptMessages;
import org.rlhfstreams.people.problems.ProblemException;

final class LabelStudioFormatTest {
  private static JsonObject event(String result) {
    return new JsonObject(
        """
        {"action": "ANNOTATION_CREATED",
         "project": {"id": 3},
         "task": {"id": 5, "data": {"prompt": "P", "first": "A", "second": "B"}},
         "annotation": {"id": 7, "updated_at": "2026-01-01T00:00:00Z", "completed_by": 2,
                        "was_cancelled": false, "result": [%s]}}
        """
            .formatted(result));
  }

  private static List<Revision> read(JsonObject event) {
    return LabelStudioFormat.read(event, "app", Instant.EPOCH);
  }

  @Test
  void aPairwiseChoiceIsAPreference() {
    Preference preference =
        read(event(
                """
                {"from_name": "preference", "to_name": "first,second", "type": "pairwise",
                 "value": {"selected": "right"}}
                """))
            .get(0)
            .preference()
            .orElseThrow();
    assertThat(preference.getChosen()).isEqualTo("B");
    assertThat(preference.getRejected()).isEqualTo("A");
    assertThat(preference.getAnnotators()).containsExactly("label-studio/2");
    assertThat(preference.getPreferenceId()).isEqualTo("label-studio/app/7@2026-01-01T00:00:00Z");
  }

  @Test
  void noChoiceIsATieAndATieNoPreference() {
    assertThat(read(event("")).get(0).preference()).isEmpty();
    assertThat(
            read(event(
                    "{\"from_name\": \"preference\", \"type\": \"choices\", \"value\": {\"choices\": [\"tie\"]}}"))
                .get(0)
                .preference())
        .isEmpty();
  }

  private static final String RIGHT =
      """
      {"from_name": "preference", "type": "pairwise", "value": {"selected": "right"}}
      """;

  private static String choices(String control, String choice) {
    return """
        {"from_name": "%s", "to_name": "prompt", "type": "choices", "value": {"choices": ["%s"]}}
        """
        .formatted(control, choice);
  }

  private static String chosen(String... results) {
    return read(event(String.join(",", results)))
        .get(0)
        .preference()
        .map(Preference::getChosen)
        .orElse("nothing");
  }

  @Test
  void theControlOfTheNameDecidesWhateverElseIsAsked() {
    String text =
        "{\"from_name\": \"why\", \"type\": \"textarea\", \"value\": {\"text\": [\"first\"]}}";
    assertThat(chosen(choices("which_was_longer", "first"), RIGHT)).isEqualTo("B");
    assertThat(chosen(choices("reason", "helpful"), RIGHT)).isEqualTo("B");
    assertThat(chosen(RIGHT, choices("which_was_longer", "first"))).isEqualTo("B");
    assertThat(chosen(text, RIGHT)).isEqualTo("B");
    assertThat(chosen(RIGHT.replace("preference", "safer").replace("right", "left"), RIGHT))
        .isEqualTo("B");
    assertThat(chosen(choices("reason", "helpful"), choices("preference", "second")))
        .isEqualTo("B");
  }

  @Test
  void nothingDecidesWhereTheControlOfTheNameSaysNothing() {
    assertThat(chosen(choices("which_was_longer", "first"))).isEqualTo("nothing");
    assertThat(chosen(choices("reason", "helpful"))).isEqualTo("nothing");
  }

  @Test
  void aPairwiseOfAnotherNameDecidesWhereThereIsNoneOfTheName() {
    assertThat(chosen(choices("which_was_longer", "first"), RIGHT.replace("preference", "better")))
        .isEqualTo("B");
  }

  @Test
  void whatIsMissingIsNamed() {
    JsonObject event =
        event(
            "{\"from_name\": \"preference\", \"type\": \"choices\", \"value\": {\"choices\": [\"first\"]}}");
    event.getJsonObject("task").getJsonObject("data").remove("second");
    assertThatThrownBy(() -> read(event))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.field()).contains("task.data.second"));
  }

  @Test
  void deletedAnnotationsSayNothingAnyMore() {
    List<Revision> revisions =
        read(
            new JsonObject(
                "{\"action\": \"ANNOTATIONS_DELETED\", \"annotations\": [{\"id\": 7}]}"));
    assertThat(revisions.get(0).annotation()).isEqualTo("label-studio/app/7");
    assertThat(revisions.get(0).preference()).isEmpty();
  }

  @Test
  void aConversationGoesToTheToolAndComesBackAsOne() {
    List<ChatMessage> messages =
        List.of(
            new ChatMessage("user", "Weather?", null),
            new ChatMessage(
                "assistant",
                "",
                "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"1\"}]}"));
    ComparedPair pair =
        new ComparedPair(
            PromptMessages.transcript("<|user|>Weather?", messages),
            messages,
            Optional.of("{\"tools\":[]}"),
            "A",
            "B",
            Optional.empty());
    JsonObject event = event(RIGHT);
    event.getJsonObject("task").put("data", pair.json());
    assertThat(event.getJsonObject("task").getJsonObject("data").getString("prompt"))
        .startsWith("User:\nWeather?");
    Preference read = read(event).get(0).preference().orElseThrow();
    assertThat(read)
        .returns("", Preference::getPrompt)
        .returns(messages, Preference::getMessages)
        .returns("{\"tools\":[]}", Preference::getTemplateVariables);
  }

  @Test
  void messagesThatAreNotWholeAreNamed() {
    JsonObject event = event(RIGHT);
    event
        .getJsonObject("task")
        .getJsonObject("data")
        .put("messages", new JsonArray().add(new JsonObject().put("role", "user")));
    assertThatThrownBy(() -> read(event))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.field()).contains("task.data.messages.0.content"));
  }
}
