package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.ScoreRules;

/** What is read of a score's bytes is what its event and the rules say. */
final class ScoreReaderTest {
  private static final String TOPIC = "scores";
  private static final int TOKENS = 2;

  private final EventSerdes serdes = new EventSerdes("mock://score-reader", Map.of());
  private final ScoreReader reader = new ScoreReader(serdes);

  private static Score.Builder score() {
    return Score.newBuilder()
        .setRolloutId("a/0")
        .setRequestId("a")
        .setScorer("right")
        .setScorerVersion("7")
        .setModelVersion(new WeightVersion(1, 1L << 40))
        .setValue(0.1)
        .setTokenValues(List.of(1f, 0.1f))
        .setExplanation("two of two")
        .setScoredAt(Instant.ofEpochMilli(1_700_000_000_123L));
  }

  private ScoreParts read(Score score) throws Exception {
    return reader.read(TOPIC, serdes.serializer().serialize(TOPIC, score));
  }

  @Test
  void aScoreIsReadWhole() throws Exception {
    ScoreParts parts = read(score().build());
    assertThat(parts.rolloutId()).isEqualTo("a/0");
    assertThat(parts.requestId()).isEqualTo("a");
    assertThat(parts.scorer()).isEqualTo("right");
    assertThat(parts.scorerVersion()).isEqualTo("7");
    assertThat(parts.modelVersion()).isEqualTo(new WeightVersion(1, 1L << 40));
    assertThat(parts.value()).isEqualTo(0.1);
    assertThat(parts.tokenValues()).containsExactly(1f, 0.1f);
    assertThat(parts.scoredAt()).isEqualTo(1_700_000_000_123L);
    assertThat(parts.rescored()).isFalse();

    ScoreParts bare =
        read(score().setModelVersion(null).setTokenValues(null).setRescored(true).build());
    assertThat(bare.modelVersion()).isNull();
    assertThat(bare.tokenValues()).isNull();
    assertThat(bare.rescored()).isTrue();
  }

  @Test
  void itIsSoundIfItBreaksNoRule() throws Exception {
    List<Consumer<Score.Builder>> kinds =
        List.of(
            score -> {},
            score -> score.setValue(null),
            score -> score.setValue(Double.NaN),
            score -> score.setValue(Double.NEGATIVE_INFINITY),
            score -> score.setFailure("no answer"),
            score -> score.setValue(null).setFailure("no answer"),
            score -> score.setScorer(""),
            score -> score.setScorer("with spaces"),
            score -> score.setScorer("x".repeat(ScoreRules.LONGEST_NAME + 1)),
            score -> score.setRolloutId(""),
            score -> score.setRequestId(""),
            score -> score.setRequestId("b"),
            score -> score.setTokenValues(null),
            score -> score.setTokenValues(List.of()),
            score -> score.setTokenValues(List.of(1f, Float.NaN)),
            score -> score.setTokenValues(List.of(1f, 1f, 1f)));
    for (String scorer : List.of("right", ScoreRules.REFERENCE)) {
      for (Consumer<Score.Builder> kind : kinds) {
        Score.Builder builder = score().setScorer(scorer);
        kind.accept(builder);
        Score score = builder.build();
        boolean isScore = ScoreRules.problem(score).isEmpty() && score.getFailure() == null;
        ScoreParts parts = read(score);
        assertThat(parts.sound()).as(score.toString()).isEqualTo(isScore);
        assertThat(parts.fits("a", TOKENS))
            .as(score.toString())
            .isEqualTo(isScore && ScoreRules.problem(score, "a", TOKENS).isEmpty());
      }
    }
  }
}
