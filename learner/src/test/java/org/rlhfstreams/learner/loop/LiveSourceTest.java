package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.learner.data.LabelledResponse;

/** Preferences that are learned from as they come. */
final class LiveSourceTest {
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
    return new PreferenceLog(stack, test.getTestMethod().orElseThrow().getName());
  }

  private static ExampleSource<LabelledResponse> live(PreferenceLog log, String batchSize) {
    return log.source(Map.of("range.until", "never", "learner.batch-size", batchSize));
  }

  @Test
  void aBatchIsFormedWhenEnoughNewExamplesAreThere(TestInfo test) throws Exception {
    PreferenceLog log = log(test);
    log.publish(List.of("a", "b"));
    try (ExampleSource<LabelledResponse> source = live(log, "3")) {
      source.seek(Map.of());
      assertThat(PreferenceLog.next(source)).containsExactly("a/chosen", "a/rejected", "b/chosen");
      CompletableFuture<List<String>> second =
          CompletableFuture.supplyAsync(() -> PreferenceLog.next(source));
      log.publish(List.of("a", "b", "a"));
      log.publish(List.of("c"));
      assertThat(second.get(30, TimeUnit.SECONDS))
          .containsExactly("b/rejected", "c/chosen", "c/rejected");
      assertThat(source.figures())
          .containsEntry("data/duplicates", 3.0)
          .containsEntry("data/truncated_rows", 2.0);
    }
  }

  @Test
  void aRestartGoesOnWithinAPreferenceAndKnowsWhatWasCounted(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(List.of("a", "b", "a", "b", "c", "a", "d"));
    Map<String, Long> position;
    try (ExampleSource<LabelledResponse> source = live(log, "3")) {
      source.seek(Map.of());
      assertThat(PreferenceLog.next(source)).containsExactly("a/chosen", "a/rejected", "b/chosen");
      position = source.position();
    }
    try (ExampleSource<LabelledResponse> source = live(log, "3")) {
      source.seek(position);
      assertThat(PreferenceLog.next(source))
          .containsExactly("b/rejected", "c/chosen", "c/rejected");
      assertThat(source.figures()).containsEntry("data/duplicates", 2.0);
      assertThat(source.followsFromTheLog()).isTrue();
    }
  }

  @Test
  void aSmallerBatchGoesWhenItsFirstExampleHasWaitedLongEnough(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(List.of("a"));
    try (ExampleSource<LabelledResponse> source =
        log.source(
            Map.of("range.until", "never", "learner.batch-size", "8", "range.max-wait", "100ms"))) {
      source.seek(Map.of());
      assertThat(PreferenceLog.next(source)).containsExactly("a/chosen", "a/rejected");
      assertThat(source.followsFromTheLog()).isFalse();
    }
  }

  @Test
  void readingCanBeginWithWhatComesFromNowOn(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(List.of("a", "b"));
    try (ExampleSource<LabelledResponse> source =
        log.source(
            Map.of("range.from", "end", "range.until", "never", "learner.batch-size", "2"))) {
      source.seek(Map.of());
      log.publish(List.of("c"));
      assertThat(PreferenceLog.next(source)).containsExactly("c/chosen", "c/rejected");
    }
  }
}
