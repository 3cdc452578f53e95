package org.rlhfstreams.people.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.people.live.ComparisonsView;
import org.rlhfstreams.people.live.JudgementsView;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.index.TemporaryIndex;

final class DeskTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ComparisonsView comparisons = new ComparisonsView();
  private final SetClock clock = new SetClock();
  private TemporaryIndex index;
  private JudgementsView judgements;
  private Desk desk;

  @BeforeEach
  void open(@TempDir Path directory) {
    EventSerdes.trustEvents();
    index = TemporaryIndex.open(directory, "people.state-directory");
    judgements = new JudgementsView(index);
    desk = new Desk(comparisons, judgements, Duration.ofMinutes(2), clock);
  }

  @AfterEach
  void close() {
    index.close();
  }

  private void ask(String id, int wanted, int minute) {
    ComparedResponse response =
        ComparedResponse.newBuilder()
            .setRolloutId(id)
            .setText(id)
            .setTokenIds(List.of())
            .setVersion(new WeightVersion(0, 1L))
            .build();
    comparisons.apply(
        Comparison.newBuilder()
            .setComparisonId(id)
            .setPromptId(id)
            .setPromptText(id)
            .setFirst(response)
            .setSecond(response)
            .setReason("random")
            .setCreatedAt(START.plus(Duration.ofMinutes(minute)))
            .setWantedJudgements(wanted)
            .build());
  }

  private Judgement judge(String annotator, String id, Choice choice) {
    Judgement judgement =
        Judgement.newBuilder()
            .setJudgementId(UUID.randomUUID().toString())
            .setComparisonId(id)
            .setAnnotator(annotator)
            .setChoice(choice)
            .setJudgedAt(START)
            .setMillisecondsSpent(1)
            .build();
    judgements.apply(judgement);
    return judgement;
  }

  private Optional<String> next(String annotator, String... exclude) {
    return desk.next(annotator, Set.of(exclude)).map(lease -> lease.comparison().getComparisonId());
  }

  @Test
  void oneQuestionLiesBeforeOnePersonUntilTheLeaseRunsOut() {
    ask("a", 1, 0);
    assertThat(next("ann")).contains("a");
    assertThat(next("bob")).isEmpty();
    clock.forward(Duration.ofSeconds(119));
    assertThat(next("bob")).isEmpty();
    clock.forward(Duration.ofSeconds(1));
    assertThat(next("bob")).contains("a");
    assertThat(next("ann")).isEmpty();
  }

  @Test
  void thePersonGetsTheSameAgainTheSameWayRoundAndTheLeaseIsRenewed() {
    ask("a", 1, 0);
    ask("b", 1, 1);
    Lease first = desk.next("ann", Set.of()).orElseThrow();
    clock.forward(Duration.ofSeconds(100));
    Lease again = desk.next("ann", Set.of()).orElseThrow();
    assertThat(again.comparison()).isEqualTo(first.comparison());
    assertThat(again.swapped()).isEqualTo(first.swapped());
    assertThat(again.until()).isEqualTo(first.until().plusSeconds(100));
  }

  @Test
  void aPageAsksForMoreThanOne() {
    ask("a", 1, 0);
    ask("b", 1, 1);
    assertThat(next("ann")).contains("a");
    assertThat(next("ann", "a")).contains("b");
    assertThat(next("ann", "a", "b")).isEmpty();
    assertThat(next("bob")).isEmpty();
  }

  @Test
  void theLeastJudgedComesFirstThenTheOldest() {
    ask("older", 3, 1);
    ask("newer", 3, 5);
    assertThat(next("ann")).contains("older");
    judge("ann", "older", Choice.FIRST);
    assertThat(next("bob")).contains("newer");
  }

  @Test
  void nobodyIsAskedAgainButWhoTookItBack() {
    ask("a", 2, 0);
    ask("b", 2, 1);
    Judgement judgement = judge("ann", "b", Choice.TIE);
    assertThat(next("ann")).contains("a");
    judge("ann", "a", Choice.SKIP);
    assertThat(next("ann")).isEmpty();
    judgements.apply(Judgement.newBuilder(judgement).setWithdrawn(true).build());
    assertThat(next("ann")).contains("b");
  }

  @Test
  void skipsDoNotCountAsAnswersAndEnoughAnswersEndIt() {
    ask("a", 1, 0);
    judge("ann", "a", Choice.SKIP);
    assertThat(next("bob")).contains("a");
    judge("bob", "a", Choice.SECOND);
    assertThat(next("cleo")).isEmpty();
  }

  @Test
  void whatClosesIsGivenToNobodyButMayBeAnsweredByWhoHasItBeforeThem() {
    ask("a", 1, 0);
    assertThat(next("ann")).contains("a");
    comparisons.apply(
        Comparison.newBuilder(comparisons.find("a").orElseThrow()).setClosed("expired").build());
    assertThat(next("ann")).isEmpty();
    assertThat(next("bob")).isEmpty();
    assertThat(desk.liesBefore("ann", "a")).isTrue();
    assertThat(desk.liesBefore("bob", "a")).isFalse();
    clock.forward(Duration.ofMinutes(2));
    assertThat(desk.liesBefore("ann", "a")).isFalse();
  }

  @Test
  void bothOrdersAreShown() {
    int swapped = 0;
    for (int i = 0; i < 200; i++) {
      ask("q" + i, 1, i);
    }
    for (int i = 0; i < 200; i++) {
      swapped += desk.next("person" + i, Set.of()).orElseThrow().swapped() ? 1 : 0;
    }
    assertThat(swapped).isBetween(50, 150);
  }

  private static final class SetClock extends Clock {
    private Instant now = START.plus(Duration.ofHours(1));

    void forward(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
