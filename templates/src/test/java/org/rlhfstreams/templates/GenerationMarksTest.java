package org.rlhfstreams.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What generation blocks mark, as transformers' assistant mask finds it. */
final class GenerationMarksTest {
  @TestFactory
  Stream<DynamicTest> partsAreThoseOfTransformers() throws IOException {
    JsonNode file;
    try (InputStream goldens =
        GenerationMarksTest.class.getResourceAsStream("/goldens/templates/generation.json")) {
      file = new ObjectMapper().readTree(goldens);
    }
    Object messages = new ObjectMapper().convertValue(file.get("messages"), List.class);
    return StreamSupport.stream(file.get("goldens").spliterator(), false)
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.get("name").asText(), () -> check(golden, messages)));
  }

  private static void check(JsonNode golden, Object messages) {
    Template template = Template.compile(golden.get("template").asText());
    Rendering rendering = template.renderMarked(Map.of("messages", messages), IdiomsTest.CLOCK);
    assertThat(rendering.text()).isEqualTo(golden.get("text").asText());
    List<List<Integer>> parts = new ArrayList<>();
    for (Span span : rendering.generated()) {
      parts.add(List.of(span.start(), span.end()));
    }
    assertThat(parts.toString()).isEqualTo(golden.get("parts").toString().replace(",", ", "));
    assertThat(template.marksGeneration())
        .isEqualTo(golden.get("template").asText().contains("generation"));
  }
}
