package org.rlhfstreams.people.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one Label Studio has recorded of the same annotations by webhooks and by exports. */
final class LabelStudioExportTest {
  private static Stream<JsonObject> recorded(String name) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            LabelStudioExportTest.class.getResourceAsStream("/label-studio/" + name))) {
      JsonArray rows = new JsonArray(new String(file.readAllBytes(), StandardCharsets.UTF_8));
      return rows.stream().map(JsonObject.class::cast).toList().stream();
    }
  }

  private static List<Revision> exported(String name) throws IOException {
    return recorded(name)
        .flatMap(row -> LabelStudioExport.read(row, "", "app", Instant.EPOCH).stream())
        .map(entry -> entry.revision().orElseThrow(() -> entry.problem().orElseThrow()))
        .toList();
  }

  /** The newest revision of each annotation, without those that were deleted. */
  private static Map<String, Revision> newest(List<Revision> revisions) {
    Map<String, Revision> newest = new TreeMap<>();
    for (Revision revision : revisions) {
      newest.merge(
          revision.annotation(),
          revision,
          (one, other) -> one.id().at().isAfter(other.id().at()) ? one : other);
    }
    newest.values().removeIf(revision -> revision.id().at().equals(Instant.MAX));
    return newest;
  }

  @Test
  void anAnnotationIsTheSameInWebhookAndExports() throws IOException {
    Map<String, Revision> heard =
        newest(
            recorded("webhooks.json")
                .flatMap(event -> LabelStudioFormat.read(event, "app", Instant.EPOCH).stream())
                .toList());
    assertThat(heard).hasSize(10);
    assertThat(newest(exported("export.json"))).isEqualTo(heard);
    heard.values().removeIf(revision -> revision.answer().isEmpty() && isSkipped(revision));
    assertThat(newest(exported("export-min.json")))
        .as("without skipped ones, which JSON_MIN leaves out")
        .isEqualTo(heard);
  }

  private static boolean isSkipped(Revision revision) {
    return List.of("label-studio/app/7", "label-studio/app/13").contains(revision.annotation());
  }

  @Test
  void theDecidingControlDecidesInAllOfThem() throws IOException {
    for (String name : List.of("export.json", "export-min.json")) {
      Map<String, Long> chosen =
          exported(name).stream()
              .flatMap(revision -> revision.preference().stream())
              .map(preference -> preference.getChosen())
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
      assertThat(chosen).as(name).isEqualTo(Map.of("two", 4L));
    }
  }

  @Test
  void rowsOfOtherFilesAreNone() {
    assertThat(
            LabelStudioExport.isRow(
                new JsonObject("{\"prompt\": \"P\", \"chosen\": \"a\", \"rejected\": \"b\"}")))
        .isFalse();
    assertThat(
            LabelStudioExport.isRow(
                new JsonObject("{\"data\": {\"prompt\": \"P\"}, \"annotations\": \"none\"}")))
        .isFalse();
  }

  @Test
  void oneThatCannotBeReadIsToldWithItsPlace() {
    JsonObject row =
        new JsonObject(
            """
            {"id": 1, "data": {"prompt": "P", "first": "one"}, "annotations": [
              {"id": 7, "completed_by": 1, "updated_at": "2026-11-30T01:34:18Z", "result": [
                {"from_name": "preference", "type": "pairwise", "value": {"selected": "left"}}]}]}
            """);
    LabelStudioExport.Entry entry =
        LabelStudioExport.read(row, "tasks.3.", "app", Instant.EPOCH).get(0);
    assertThat(entry.name()).isEqualTo("annotation 7");
    assertThat(entry.problem().orElseThrow())
        .hasMessage("tasks.3.data.second is missing")
        .satisfies(problem -> assertThat(problem.field()).contains("tasks.3.data.second"));
  }
}
