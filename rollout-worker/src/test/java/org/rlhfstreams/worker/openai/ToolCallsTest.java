package org.rlhfstreams.worker.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tool calls as OpenAI's clients send them reach the template as objects. */
final class ToolCallsTest {
  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":"
          + "{\"type\":\"object\",\"properties\":{\"town\":{\"type\":\"string\"}}}}}]";

  @TempDir private static Path directory;
  private static Endpoint endpoint;

  @BeforeAll
  static void open() throws IOException {
    for (String file :
        List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(Path.of("..", "models", "starter", file), directory.resolve(file));
    }
    Files.writeString(
        directory.resolve("chat_template.jinja"),
        """
        {%- if tools %}<|im_start|>system
        Tools: {% for t in tools %}{{ t | tojson }}{% endfor %}<|im_end|>
        {% endif %}
        {%- for m in messages %}<|im_start|>{{ m.role }}
        {% if m.content is string %}{{ m.content }}{% elif m.content %}\
        {% for p in m.content %}{{ p.text }}{% endfor %}{% endif %}
        {%- if m.tool_calls %}{% for c in m.tool_calls %}\
        <call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>\
        {% endfor %}{% endif %}<|im_end|>
        {% endfor %}
        {%- if add_generation_prompt %}<|im_start|>assistant
        {% endif %}
        """);
    endpoint = new Endpoint(directory, 2, 2);
    endpoint.policy.arrived(0);
  }

  @AfterAll
  static void close() {
    endpoint.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"content\":null,\"arguments\":\"{\\\"town\\\": \\\"Oslo\\\"}\"",
        "\"content\":null,\"arguments\":\" {\\\"town\\\":\\\"Oslo\\\"}\\n\"",
        "\"content\":null,\"arguments\":{\"town\":\"Oslo\"}",
        "\"content\":\"\",\"arguments\":\"{\\\"town\\\": \\\"Oslo\\\"}\"",
        "\"content\":[],\"arguments\":\"{\\\"town\\\": \\\"Oslo\\\"}\"",
        "\"arguments\":\"{\\\"town\\\": \\\"Oslo\\\"}\"",
      })
  void argumentsInATextAreTheObject(String fields) {
    assertThat(promptTokens(fields)).isEqualTo(152); // as transformers renders the object
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"arguments\":\"Oslo\"",
        "\"arguments\":\"{\\\"town\\\"\"",
        "\"arguments\":\"{} {}\"",
      })
  void argumentsThatAreNotJsonStayAText(String fields) {
    assertThat(promptTokens(fields)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"arguments\":\"\"", "\"arguments\":\"{}\""})
  void noArgumentsAreAnEmptyObject(String fields) {
    assertThat(promptTokens(fields)).isEqualTo(promptTokens("\"arguments\":{}"));
  }

  /** The fields of the assistant's message, and the arguments of its call. */
  private static int promptTokens(String fields) {
    int arguments = fields.indexOf("\"arguments\"");
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"Weather?\"},{\"role\":\"assistant\","
            + fields.substring(0, arguments)
            + "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":"
            + "{\"name\":\"weather\","
            + fields.substring(arguments)
            + "}}]},{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"rain\"}],"
            + TOOLS
            + ",\"max_tokens\":1,\"temperature\":0}";
    return endpoint.ask("/v1/chat/completions", body).get("usage").get("prompt_tokens").asInt();
  }
}
