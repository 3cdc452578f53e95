package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.topology.PeopleEvents;
import org.rlhfstreams.topology.RestartableProcessor;

/** Whatever comes first, twice, or while the join is started again: each rollout goes on once. */
final class ScoreJoinOrderTest {
  private static final int ROLLOUTS = 40;

  private static RestartableProcessor join() {
    ScoresSettings settings =
        new ScoresSettings(List.of("one", "two"), List.of("seen"), Duration.ofHours(1), Map.of());
    return new RestartableProcessor(
        () ->
            new ScoreJoin(
                PeopleEvents.TOPICS.rollouts().name(),
                PeopleEvents.TOPICS.scores().name(),
                PeopleEvents.SERDES,
                settings,
                ScoresListener.none()),
        List.of(
            RestartableProcessor.store(ScoresTopology.ROLLOUTS, HeldRollout.serde()),
            RestartableProcessor.store(ScoresTopology.KNOWN, KnownRollout.serde()),
            RestartableProcessor.store(ScoresTopology.DUE, Serdes.String()),
            RestartableProcessor.store(ScoresTopology.COUNTERS, Serdes.Long())));
  }

  private static Score score(Rollout rollout, String scorer, double value) {
    Score.Builder score =
        Score.newBuilder()
            .setRolloutId(rollout.getRolloutId())
            .setRequestId(rollout.getRequestId())
            .setScorer(scorer)
            .setValue(value)
            .setScoredAt(Instant.EPOCH);
    return scorer.equals(ScoreRules.REFERENCE)
        ? score.setTokenValues(List.of(-1f, -1f)).build()
        : score.build();
  }

  private record Event(Topic topic, Object event) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachGoesOnOnceWithTheScoresThatWereRequired(long seed) {
    Random random = new Random(seed);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < ROLLOUTS; i++) {
      Rollout rollout =
          PeopleEvents.scored("p" + i, 0, new WeightVersion(0, 0L), 0, "text").getRollout();
      int copies = random.nextInt(2) + 1;
      for (int copy = 0; copy < copies; copy++) {
        events.add(new Event(PeopleEvents.TOPICS.rollouts(), rollout));
      }
      for (String scorer : List.of("one", "two", "seen", ScoreRules.REFERENCE)) {
        for (int copy = 0; copy < random.nextInt(2) + 1; copy++) {
          events.add(new Event(PeopleEvents.TOPICS.scores(), score(rollout, scorer, i)));
        }
      }
    }
    Collections.shuffle(events, random);
    RestartableProcessor join = join();
    List<ScoredRollout> joined = new ArrayList<>();
    for (Event event : events) {
      if (random.nextInt(20) == 0) {
        join.restart();
      }
      join.pipe(event.topic(), event.event(), 0)
          .forEach(output -> joined.add(((JoinedRollout) output).event()));
    }
    assertThat(joined)
        .hasSize(ROLLOUTS)
        .extracting(one -> one.getRollout().getRolloutId())
        .doesNotHaveDuplicates();
    assertThat(joined)
        .allSatisfy(
            one -> {
              assertThat(one.getScores()).containsKeys("one", "two");
              assertThat(one.getScores().get("two").getValue())
                  .isEqualTo(Double.parseDouble(one.getRollout().getPromptId().substring(1)));
            });
  }
}
