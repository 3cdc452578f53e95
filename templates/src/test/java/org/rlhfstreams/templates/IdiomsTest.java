package org.rlhfstreams.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What chat templates do, each with the text that Python's Jinja2 gave for it. */
final class IdiomsTest {
  static final Supplier<ZonedDateTime> CLOCK =
      () -> ZonedDateTime.of(2024, 7, 26, 9, 5, 3, 0, ZoneOffset.UTC);

  @TestFactory
  Stream<DynamicTest> textIsPythons() throws IOException {
    return StreamSupport.stream(idioms().spliterator(), false)
        .map(idiom -> DynamicTest.dynamicTest(idiom.get("name").asText(), () -> check(idiom)));
  }

  static JsonNode idioms() throws IOException {
    try (InputStream idioms =
        IdiomsTest.class.getResourceAsStream("/goldens/templates/idioms.json")) {
      return new ObjectMapper().readTree(idioms);
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> context(JsonNode idiom) {
    return new ObjectMapper().convertValue(idiom.get("context"), Map.class);
  }

  private static void check(JsonNode idiom) {
    Template template = Template.compile(idiom.get("template").asText());
    if (idiom.has("error")) {
      assertThatThrownBy(() -> template.render(context(idiom), CLOCK))
          .isInstanceOf(TemplateException.class)
          .hasMessageStartingWith(idiom.get("error").asText());
    } else {
      assertThat(template.render(context(idiom), CLOCK)).isEqualTo(idiom.get("text").asText());
    }
  }
}
