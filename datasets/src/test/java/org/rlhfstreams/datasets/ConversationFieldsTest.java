package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;

/** What a chat template reads of a row is in its preference: tools, calls, reasoning, parts. */
final class ConversationFieldsTest {
  private static final String TOOL =
      "{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}";
  private static final String TOOLS = "\"tools\": [" + TOOL + "]";
  private static final String CALLS =
      "\"tool_calls\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\","
          + " \"arguments\": {\"town\": \"Oslo\"}}}]";
  private static final String ASKED = "{\"role\": \"user\", \"content\": \"Weather?\"}";
  private static final String RAIN = "{\"role\": \"assistant\", \"content\": \"Rain.\"}";
  private static final String SUN = "{\"role\": \"assistant\", \"content\": \"Sun.\"}";

  @TempDir private Path directory;

  private final List<BadRow> bad = new ArrayList<>();

  private List<Preference> read(String... rows) throws IOException {
    Path file = directory.resolve("rows.jsonl");
    Files.writeString(file, String.join("\n", rows));
    List<Preference> good = new ArrayList<>();
    new PreferenceDataset(List.of(file), Map.of()).forEach(good::add, bad::add);
    return good;
  }

  private static String pair(String prompt, String chosen, String rejected, String more) {
    return "{\"prompt\": [%s], \"chosen\": [%s], \"rejected\": [%s]%s}"
        .formatted(prompt, chosen, rejected, more.isEmpty() ? "" : ", " + more);
  }

  private static void assertJson(String json, String expected) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(json)).isEqualTo(mapper.readTree(expected));
  }

  @Test
  void callsInThePromptAndToolsGoAlong() throws IOException {
    String call = "{\"role\": \"assistant\", \"content\": null, " + CALLS + "}";
    String result = "{\"role\": \"tool\", \"content\": \"rain\"}";
    List<Preference> read = read(pair(String.join(", ", ASKED, call, result), RAIN, SUN, TOOLS));
    assertThat(bad).isEmpty();
    assertThat(read).hasSize(1);
    List<ChatMessage> messages = read.get(0).getMessages();
    assertThat(messages)
        .extracting(ChatMessage::getContent)
        .containsExactly("Weather?", "", "rain");
    assertThat(messages.get(0).getFields()).isNull();
    assertJson(messages.get(1).getFields(), call);
    assertJson(read.get(0).getTemplateVariables(), "{" + TOOLS + "}");
    assertThat(read.get(0).getChosen()).isEqualTo("Rain.");
    assertThat(read.get(0).getChosenMessages()).isEmpty();
  }

  @Test
  void anAnswerMayBeACall() throws IOException {
    String call = "{\"role\": \"assistant\", \"content\": \"\", " + CALLS + "}";
    String demonstration = "{\"messages\": [%s, %s], %s}".formatted(ASKED, call, TOOLS);
    for (String row : List.of(pair(ASKED, call, SUN, TOOLS), demonstration)) {
      List<Preference> read = read(row);
      assertThat(bad).isEmpty();
      assertThat(read.get(0).getChosen()).isEmpty();
      List<ChatMessage> answer = read.get(0).getChosenMessages();
      assertJson(answer.get(answer.size() - 1).getFields(), call);
    }
    assertThat(read(pair(ASKED, call, SUN, "")).get(0).getRejectedMessages())
        .containsExactly(new ChatMessage("assistant", "Sun.", null));
  }

  @Test
  void reasoningAndVariablesGoAlong() throws IOException {
    String thought =
        "{\"role\": \"assistant\", \"content\": \"Rain.\", \"reasoning_content\": \"clouds\"}";
    List<Preference> read =
        read(
            pair(ASKED, thought, SUN, "\"chat_template_kwargs\": {\"enable_thinking\": true}"),
            pair(ASKED, RAIN, SUN, ""));
    assertThat(bad).isEmpty();
    assertThat(read).as("not the same row").hasSize(2);
    assertJson(read.get(0).getChosenMessages().get(0).getFields(), thought);
    assertJson(read.get(0).getTemplateVariables(), "{\"enable_thinking\": true}");
    assertThat(read.get(1).getTemplateVariables()).isNull();
    assertThat(read.get(0).getPreferenceId()).isNotEqualTo(read.get(1).getPreferenceId());
  }

  @Test
  void contentInPartsIsTheirText() throws IOException {
    String parts =
        "{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"Wea\"},"
            + " {\"type\": \"text\", \"text\": \"ther?\"}], \"tool_calls\": null}";
    assertThat(read(pair(parts, RAIN, SUN, "")))
        .singleElement()
        .returns(List.of(new ChatMessage("user", "Weather?", null)), Preference::getMessages);
    assertThat(read(pair(parts.replace("\"text\", ", "\"image\", "), RAIN, SUN, ""))).isEmpty();
    assertThat(bad)
        .singleElement()
        .returns("wrong type", BadRow::kind)
        .extracting(BadRow::reason)
        .asString()
        .contains("a part of type image");
  }

  @Test
  void toolsMayBeJsonInATextAsTablesHaveThem() throws IOException {
    String text = "\"tools\": \"[" + TOOL.replace("\"", "\\\"") + "]\"";
    assertJson(read(pair(ASKED, RAIN, SUN, text)).get(0).getTemplateVariables(), "{" + TOOLS + "}");
    for (String none : List.of("null", "[]", "\"\"", "\"null\"")) {
      assertThat(read(pair(ASKED, RAIN, SUN, "\"tools\": " + none)))
          .singleElement()
          .returns(null, Preference::getTemplateVariables);
    }
    assertThat(bad).isEmpty();
    assertThat(read(pair(ASKED, RAIN, SUN, "\"tools\": \"weather\""))).isEmpty();
    assertThat(read(pair(ASKED, RAIN, SUN, "\"tools\": [\"weather\"]"))).isEmpty();
    assertThat(bad).hasSize(2).allMatch(row -> row.reason().startsWith("tools is"));
  }

  @Test
  void whatSaysNothingIsABadRow() throws IOException {
    String silent = "{\"role\": \"assistant\", \"content\": null}";
    String named = "{\"role\": \"assistant\", \"content\": null, \"name\": \"bot\"}";
    String uncalled = "{\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": []}";
    assertThat(
            read(
                pair(ASKED, silent, SUN, ""),
                pair(ASKED, named, SUN, ""),
                pair(ASKED, uncalled, SUN, "")))
        .isEmpty();
    assertThat(bad)
        .extracting(BadRow::kind)
        .containsExactly("wrong type", "empty response", "empty response");
  }
}
