package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.service.configuration.ConfigurationException;

/** Where reading preferences begins and ends, and that each counts once on the way. */
@Tag("slow")
final class PreferenceRangeTest {
  private static final Instant START = Instant.parse("2026-05-01T00:00:00Z");

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private static PreferenceLog log(TestInfo test) {
    return new PreferenceLog(
        stack, test.getTestMethod().orElseThrow().getName() + test.getDisplayName().hashCode());
  }

  private static List<String> ids(int from, int until) {
    return IntStream.range(from, until).mapToObj(i -> "p" + i).toList();
  }

  /** Preferences of one epoch, in their order in the log. */
  private static List<String> read(PreferenceLog log, String from, String until) {
    try (ExampleSource<LabelledResponse> source =
        log.source(Map.of("range.from", from, "range.until", until))) {
      source.begin();
      List<String> read = new ArrayList<>();
      for (List<String> batch = PreferenceLog.next(source);
          !batch.isEmpty();
          batch = PreferenceLog.next(source)) {
        batch.stream()
            .filter(id -> id.endsWith("/chosen"))
            .forEach(id -> read.add(id.substring(0, id.indexOf('/'))));
      }
      read.sort(null);
      return read;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "beginning, end, 0, 6",
    "offset:2, end, 2, 6",
    "offset:2, offset:5, 2, 5",
    "beginning, offset:1, 0, 1",
    "2026-05-01T00:02:00Z, end, 2, 6",
    "2026-05-01T00:01:30Z, 2026-05-01T00:04:00Z, 2, 4",
    "2026-05-01T02:02:00+02:00, 2027-01-01T00:00:00Z, 2, 6",
  })
  void aRangeIsReadFromItsBeginningToItsEnd(
      String from, String until, int first, int end, TestInfo test) {
    PreferenceLog log = log(test);
    for (int i = 0; i < 6; i++) {
      log.publishAt("p" + i, START.plusSeconds(60L * i));
    }
    assertThat(read(log, from, until)).isEqualTo(ids(first, end));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "offset:7 | end | range.from = offset:7 lies outside the log",
        "beginning | offset:9 | range.until = offset:9 lies outside the log",
        "offset:4 | offset:2 | holds no record",
        "2027-01-01T00:00:00Z | end | is later than every record",
      })
  void aRangeOutsideTheLogNamesTheOffsetsThatAreThere(
      String from, String until, String problem, TestInfo test) {
    PreferenceLog log = log(test);
    for (int i = 0; i < 6; i++) {
      log.publishAt("p" + i, START);
    }
    assertThatThrownBy(() -> read(log, from, until))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining("holds the offsets 0 to 5, the oldest of 2026-05-01T00:00:00Z");
  }

  @Test
  void whatIsTakenBackWithinTheRangeIsLeftOut(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(ids(0, 4)); // offsets 0 to 3
    log.withdraw("p1", "p2"); // 4, 5
    log.publish(List.of("p2", "p4")); // 6, 7
    log.withdraw("p4", "p9"); // 8, 9
    assertThat(read(log, "beginning", "end")).containsExactly("p0", "p2", "p3");
    assertThat(read(log, "beginning", "offset:8")).containsExactly("p0", "p2", "p3", "p4");
    assertThat(read(log, "beginning", "offset:4")).isEqualTo(ids(0, 4));
    try (ExampleSource<LabelledResponse> source = log.source(Map.of())) {
      source.begin();
      assertThat(source.described())
          .contains("6 examples; 0 records refused, 0 seen before;")
          .endsWith("3 taken back");
    }
  }

  @ParameterizedTest
  @CsvSource({"end", "never"})
  void aScanEndsAsSoonAsItIsToldToStop(String until, TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(ids(0, 50));
    try (ExampleSource<LabelledResponse> source = log.source(Map.of("range.until", until))) {
      AtomicInteger looks = new AtomicInteger();
      assertThat(source.begin(() -> looks.incrementAndGet() > 20)).isFalse();
      assertThat(looks).hasValue(21);
      assertThat(source.begin(() -> false)).as("it is begun anew").isTrue();
      PreferenceLog.next(source);
      SourcePosition position = source.position();
      looks.set(0);
      assertThat(source.seek(position, () -> looks.incrementAndGet() > 10)).isFalse();
      assertThat(looks).hasValue(11);
    }
  }

  @Test
  void anEmptyTopicSaysSo(TestInfo test) {
    PreferenceLog log = log(test);
    assertThatThrownBy(() -> read(log, "beginning", "end"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("preferences is empty")
        .hasMessageContaining("range.until = never");
  }

  @Test
  void aRestartReadsTheSameRangeThoughTheLogHasGrown(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(ids(0, 5));
    SourcePosition position;
    List<String> rest = new ArrayList<>();
    Map<String, String> settings = Map.of("learner.batch-size", "4");
    try (ExampleSource<LabelledResponse> source = log.source(settings)) {
      source.begin();
      assertThat(PreferenceLog.next(source)).hasSize(4);
      position = source.position();
      rest.addAll(PreferenceLog.next(source));
      rest.addAll(PreferenceLog.next(source));
    }
    log.publish(ids(5, 9));
    try (ExampleSource<LabelledResponse> source = log.source(settings)) {
      source.seek(position);
      List<String> again = new ArrayList<>(PreferenceLog.next(source));
      again.addAll(PreferenceLog.next(source));
      assertThat(again).hasSize(6).isEqualTo(rest);
      assertThat(PreferenceLog.next(source)).isEmpty();
    }
  }

  @Test
  void whatDoesNotFitAWindowIsReadInWindowsAndEachPreferenceCountsOnce(TestInfo test) {
    int preferences = 200_000;
    PreferenceLog log = log(test);
    // Every tenth once more, soon or much later.
    List<String> published = new ArrayList<>(ids(0, preferences));
    for (int i = 0; i < preferences; i += 10) {
      published.add("p" + i);
    }
    log.publish(published);
    Map<String, String> settings = Map.of("learner.batch-size", "997", "learner.epochs", "1");
    List<String> visited = new ArrayList<>();
    Optional<SourcePosition> middle = Optional.empty();
    int visitedAtMiddle = 0;
    try (ExampleSource<LabelledResponse> source = log.source(settings)) {
      source.begin();
      assertThat(source.described())
          .contains("400,000 examples; 0 records refused, 20,000 seen before; 200,000 rows");
      for (List<String> batch = PreferenceLog.next(source);
          !batch.isEmpty();
          batch = PreferenceLog.next(source)) {
        visited.addAll(batch);
        if (middle.isEmpty() && visited.size() > preferences) {
          middle = Optional.of(source.position());
          visitedAtMiddle = visited.size();
        }
      }
    }
    assertThat(visited).hasSize(2 * preferences);
    assertThat(new HashSet<>(visited)).hasSize(2 * preferences);
    assertThat(visited.subList(0, 997)).isNotEqualTo(visited.stream().sorted().toList());
    try (ExampleSource<LabelledResponse> source = log.source(settings)) {
      source.seek(middle.orElseThrow());
      assertThat(PreferenceLog.next(source))
          .isEqualTo(visited.subList(visitedAtMiddle, visitedAtMiddle + 997));
    }
  }
}
