package org.rlhfstreams.people.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.index.TemporaryIndex;

/** Views of what is never forgotten: the heap does not grow with them. */
final class GrowingViewsTest {
  private static final int MANY = 60_000;
  private static final long FLAT_BYTES = 6L << 20;

  private TemporaryIndex index;

  @BeforeEach
  void open(@TempDir Path directory) {
    EventSerdes.trustEvents();
    index = TemporaryIndex.open(directory, "people.state-directory");
  }

  @AfterEach
  void close() {
    index.close();
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static Judgement judgement(int number) {
    return Judgement.newBuilder()
        .setJudgementId("judgement-" + number)
        .setComparisonId("comparison-" + number)
        .setAnnotator("annotator-" + number % 10)
        .setChoice(Choice.FIRST)
        .setJudgedAt(Instant.EPOCH.plusSeconds(number))
        .setMillisecondsSpent(1)
        .setComment("a comment of some length, as people write them, number " + number)
        .build();
  }

  private static Preference revision(int number) {
    return Preference.newBuilder()
        .setPreferenceId("label-studio/1/" + number + "@" + Instant.EPOCH.plusSeconds(number))
        .setPrompt("prompt")
        .setChosen("chosen")
        .setRejected("rejected")
        .setSource("label-studio")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  @Test
  void judgements() {
    JudgementsView view = new JudgementsView(index);
    long before = usedHeap();
    for (int i = 0; i < MANY; i++) {
      view.apply(judgement(i));
    }
    assertThat(usedHeap() - before).isLessThan(FLAT_BYTES);
    assertThat(view.count()).isEqualTo(MANY);
    assertThat(view.find("judgement-17")).contains(judgement(17));
    assertThat(view.answers("comparison-17")).isEqualTo(1);
    assertThat(view.hasJudged("annotator-7", "comparison-17")).isTrue();
    assertThat(view.count("annotator-7")).isEqualTo(MANY / 10);
    assertThat(view.newest("annotator-7", 2))
        .containsExactly(judgement(MANY - 3), judgement(MANY - 13));
    assertThat(view.by("annotator-7")).hasSize(MANY / 10).startsWith(judgement(7));
  }

  @Test
  void aJudgementThatIsTakenBackCountsNoMore() {
    JudgementsView view = new JudgementsView(index);
    view.apply(judgement(3));
    Judgement withdrawn = Judgement.newBuilder(judgement(3)).setWithdrawn(true).build();
    assertThat(view.apply(withdrawn)).isTrue();
    assertThat(view.apply(withdrawn)).isFalse();
    assertThat(view.apply(judgement(3))).isFalse();
    assertThat(view.count()).isZero();
    assertThat(view.count("annotator-3")).isZero();
    assertThat(view.answers("comparison-3")).isZero();
    assertThat(view.hasJudged("annotator-3", "comparison-3")).isFalse();
    assertThat(view.takenBack("annotator-3")).containsExactly("comparison-3");
    assertThat(view.newest("annotator-3", 5)).isEmpty();
    Judgement again = Judgement.newBuilder(judgement(3)).setJudgementId("again").build();
    assertThat(view.apply(again)).isTrue();
    assertThat(view.takenBack("annotator-3")).isEmpty();
    assertThat(view.by("annotator-3")).isEqualTo(List.of(again));
  }

  @Test
  void preferences() {
    PreferencesView view = new PreferencesView(index);
    long before = usedHeap();
    for (int i = 0; i < MANY; i++) {
      view.apply(revision(i));
    }
    assertThat(usedHeap() - before).isLessThan(FLAT_BYTES);
    String id = revision(17).getPreferenceId();
    assertThat(view.find(id)).contains(PreferencesView.content(revision(17)));
    assertThat(view.counts(id)).isTrue();
    assertThat(view.newestRevision("label-studio/1/17"))
        .contains(new PreferencesView.NewestRevision(id, Instant.EPOCH.plusSeconds(17)));
    view.apply(Preference.newBuilder(revision(17)).setWithdrawn(true).build());
    assertThat(view.counts(id)).isFalse();
    assertThat(view.find(id)).isPresent();
  }
}
