package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.validation.HeldOutWindow;

/** Preferences that are learned from as they come. */
@Tag("slow")
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
      source.begin();
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
    SourcePosition position;
    try (ExampleSource<LabelledResponse> source = live(log, "3")) {
      source.begin();
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
  void whatIsTakenBackBeforeItIsLearnedIsNotAndCountsAgainWhenPublishedAgain(TestInfo test)
      throws Exception {
    PreferenceLog log = log(test);
    log.publish(List.of("a"));
    log.withdraw("a"); // before the run begins
    log.publish(List.of("b"));
    SourcePosition position;
    try (ExampleSource<LabelledResponse> source = live(log, "4")) {
      source.begin();
      CompletableFuture<List<String>> first =
          CompletableFuture.supplyAsync(() -> PreferenceLog.next(source));
      log.withdraw("b"); // while it waits for the others of its batch
      log.publish(List.of("c", "d"));
      assertThat(first.get(30, TimeUnit.SECONDS))
          .containsExactly("c/chosen", "c/rejected", "d/chosen", "d/rejected");
      assertThat(source.figures()).containsEntry("data/withdrawn", 2.0);
      position = source.position();
    }
    log.withdraw("c"); // it is learned; from now on it counts again
    log.publish(List.of("a", "c", "d", "e"));
    for (int run = 0; run < 2; run++) {
      try (ExampleSource<LabelledResponse> source = live(log, "4")) {
        source.seek(position);
        assertThat(PreferenceLog.next(source))
            .containsExactly("a/chosen", "a/rejected", "c/chosen", "c/rejected");
      }
    }
  }

  @Test
  void aRestartAgreesWithTheRunOnWhatHadBeenTakenBackWhenThatBegan(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(List.of("a", "b", "c", "d"));
    log.withdraw("c");
    SourcePosition position;
    try (ExampleSource<LabelledResponse> source = live(log, "2")) {
      source.begin();
      assertThat(PreferenceLog.next(source)).containsExactly("a/chosen", "a/rejected");
      position = source.position();
      log.withdraw("d"); // the run that goes on had learned it
      assertThat(PreferenceLog.next(source)).containsExactly("b/chosen", "b/rejected");
      assertThat(PreferenceLog.next(source)).containsExactly("d/chosen", "d/rejected");
    }
    try (ExampleSource<LabelledResponse> source = live(log, "2")) {
      source.seek(position);
      assertThat(PreferenceLog.next(source)).containsExactly("b/chosen", "b/rejected");
      assertThat(PreferenceLog.next(source)).containsExactly("d/chosen", "d/rejected");
    }
  }

  private static final Map<String, String> WITH_OLD_ONES =
      Map.of(
          "range.until", "never",
          "learner.objective", "reward",
          "learner.batch-size", "8",
          "live.replay-share", "0.5",
          "live.replay-rows", "6",
          "live.held-out-share", "0.3");

  @Test
  void oldOnesAreLearnedAgainBesideNewOnesAndARestartDrawsTheSame(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(IntStream.range(0, 12).mapToObj(i -> "p" + i).toList());
    log.withdraw("p1", "p2");
    log.publish(IntStream.range(12, 40).mapToObj(i -> "p" + i).toList());
    List<List<String>> batches = new ArrayList<>();
    List<List<String>> heldOut = new ArrayList<>();
    List<List<String>> windows = new ArrayList<>();
    List<SourcePosition> positions = new ArrayList<>();
    HeldOutWindow<LabelledResponse> window = new HeldOutWindow<>(3);
    try (ExampleSource<LabelledResponse> source = log.source(WITH_OLD_ONES, window)) {
      source.begin();
      for (int step = 0; step < 8; step++) {
        batches.add(PreferenceLog.next(source));
        heldOut.add(source.heldOutIds());
        windows.add(window.rows().stream().map(LabelledResponse::id).toList());
        positions.add(source.position());
        assertThat(source.figures())
            .containsEntry("data/replayed_rows", batches.get(step).size() - 4.0);
      }
    }
    assertThat(batches.get(0)).as("nothing is old yet").hasSize(4);
    assertThat(batches.subList(1, 8)).allSatisfy(batch -> assertThat(batch).hasSize(8));
    Set<String> seen = new HashSet<>(batches.get(0));
    for (List<String> batch : batches.subList(1, 8)) {
      assertThat(batch).doesNotHaveDuplicates();
      assertThat(seen)
          .containsAll(batch.subList(4, 8))
          .doesNotContainAnyElementsOf(batch.subList(0, 4));
      seen.addAll(batch);
    }
    Set<String> judging = new HashSet<>();
    heldOut.forEach(judging::addAll);
    assertThat(judging).isNotEmpty();
    for (String id : judging) {
      assertThat(seen).doesNotContain(id + "/chosen", id + "/rejected");
    }
    assertThat(windows).allSatisfy(rows -> assertThat(rows).hasSizeLessThanOrEqualTo(6));
    for (int from : new int[] {0, 3, 6}) {
      HeldOutWindow<LabelledResponse> again = new HeldOutWindow<>(3);
      try (ExampleSource<LabelledResponse> source = log.source(WITH_OLD_ONES, again)) {
        source.seek(positions.get(from));
        assertThat(again.rows().stream().map(LabelledResponse::id))
            .containsExactlyElementsOf(windows.get(from));
        for (int step = from + 1; step < 8; step++) {
          assertThat(PreferenceLog.next(source)).isEqualTo(batches.get(step));
          assertThat(source.heldOutIds()).isEqualTo(heldOut.get(step));
          assertThat(again.rows().stream().map(LabelledResponse::id))
              .containsExactlyElementsOf(windows.get(step));
        }
      }
    }
  }

  @Test
  void aSmallerBatchGoesWhenItsFirstExampleHasWaitedLongEnough(TestInfo test) {
    PreferenceLog log = log(test);
    log.publish(List.of("a"));
    try (ExampleSource<LabelledResponse> source =
        log.source(
            Map.of("range.until", "never", "learner.batch-size", "8", "range.max-wait", "100ms"))) {
      source.begin();
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
      source.begin();
      log.publish(List.of("c"));
      assertThat(PreferenceLog.next(source)).containsExactly("c/chosen", "c/rejected");
    }
  }
}
