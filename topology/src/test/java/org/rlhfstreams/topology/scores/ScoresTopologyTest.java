package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.TraceParent;

/** Rollouts go on with all that is required of their scores, once, or are lost and counted. */
final class ScoresTopologyTest {
  private static final String TRACE = "00-11111111111111111111111111111111-2222222222222222-01";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path state;

  private final EventSerdes serdes = new EventSerdes("mock://scores", Map.of());
  private final Topics topics = new Topics("test.", 4);
  private final List<String> heard = new ArrayList<>();
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> rollouts;
  private TestInputTopic<String, byte[]> scores;
  private TestOutputTopic<String, ScoredRollout> joined;
  private TestOutputTopic<String, ScoredRollout> evaluated;
  private TestOutputTopic<String, DeadLetter> letters;

  @BeforeEach
  void start() {
    start(Map.of());
  }

  private void start(Map<Integer, Long> scoredBefore) {
    start(
        new ScoresSettings(List.of("helpful", "right"), List.of("length"), PATIENCE, scoredBefore));
  }

  private void start(ScoresSettings settings) {
    StreamsBuilder builder = new StreamsBuilder();
    ScoresTopology.build(
        builder,
        topics,
        serdes,
        settings,
        new ScoresListener() {
          @Override
          public void lost(String scorer) {
            heard.add("lost " + scorer);
          }

          @Override
          public void late(String scorer) {
            heard.add("late " + scorer);
          }

          @Override
          public void unmatched(String scorer) {
            heard.add("unmatched " + scorer);
          }
        });
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "scores");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    driver = new TopologyTestDriver(builder.build(), properties, Instant.EPOCH);
    StringSerializer keys = new StringSerializer();
    rollouts = driver.createInputTopic(topics.rollouts().name(), keys, new ByteArraySerializer());
    scores = driver.createInputTopic(topics.scores().name(), keys, new ByteArraySerializer());
    joined =
        driver.createOutputTopic(
            topics.scoredRollouts().name(),
            new StringDeserializer(),
            serdes.serde(ScoredRollout.class).deserializer());
    evaluated =
        driver.createOutputTopic(
            topics.scoredEvaluations().name(),
            new StringDeserializer(),
            serdes.serde(ScoredRollout.class).deserializer());
    letters =
        driver.createOutputTopic(
            topics.deadLetters().name(),
            new StringDeserializer(),
            serdes.serde(DeadLetter.class).deserializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private static Rollout.Builder rollout(String requestId) {
    return Rollout.newBuilder()
        .setRolloutId(requestId + "/0")
        .setRequestId(requestId)
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("2 + 2 =")
        .setPromptTokenIds(List.of(1))
        .setResponseText("4")
        .setResponseTokenIds(List.of(5, 6))
        .setBehaviorLogProbabilities(List.of(-1f, -0.25f))
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(16)
                .setSeed(7L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 3L), 0, 2)))
        .setFinishReason(FinishReason.STOP)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .setMetadata(Map.of("answer", "4"));
  }

  private static Score.Builder score(String requestId, String scorer, double value) {
    return Score.newBuilder()
        .setRolloutId(requestId + "/0")
        .setRequestId(requestId)
        .setScorer(scorer)
        .setScorerVersion("7")
        .setValue(value)
        .setScoredAt(Instant.ofEpochMilli(5));
  }

  private static Score.Builder reference(String requestId) {
    return score(requestId, ScoreRules.REFERENCE, -3)
        .setTokenValues(List.of(-2f, -1f))
        .setScoredAt(Instant.ofEpochMilli(9));
  }

  private byte[] bytes(String topic, Object event) {
    return serdes.serializer().serialize(topic, event);
  }

  private void sampled(Rollout.Builder rollout) {
    sampled(rollout, new RecordHeaders());
  }

  private void sampled(Rollout.Builder rollout, Headers headers) {
    Rollout event = rollout.build();
    rollouts.pipeInput(
        new TestRecord<>(event.getRequestId(), bytes(topics.rollouts().name(), event), headers));
  }

  private void scored(Score.Builder score) {
    Score event = score.build();
    scores.pipeInput(event.getRequestId(), bytes(topics.scores().name(), event));
  }

  /** Time goes by while the join runs. */
  private void pass(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      driver.advanceWallClockTime(Duration.ofSeconds(1));
    }
  }

  @Test
  void whatMeasuresAVersionIsNotLearnedFrom() {
    Evaluation evaluation = new Evaluation(new WeightVersion(0, 3L), 9);
    sampled(rollout("q/evaluation/0.3").setEvaluation(evaluation));
    scored(score("q/evaluation/0.3", "right", 1));
    scored(score("q/evaluation/0.3", "helpful", 0.5));
    scored(reference("q/evaluation/0.3"));
    assertThat(joined.readValuesToList()).isEmpty();
    ScoredRollout whole = evaluated.readValue();
    assertThat(whole.getRollout().getEvaluation()).isEqualTo(evaluation);
    assertThat(whole.getScores()).containsOnlyKeys("right", "helpful");

    sampled(rollout("late/evaluation/0.3").setEvaluation(evaluation));
    sampled(rollout("failed/evaluation/0.3").setEvaluation(evaluation));
    scored(score("failed/evaluation/0.3", "right", 0).setValue(null).setFailure("no answer"));
    pass(PATIENCE.plusSeconds(2));
    assertThat(letters.readValuesToList())
        .hasSize(2)
        .allSatisfy(
            letter -> assertThat(letter.getLostRollouts()).as("nobody is to replace it").isZero());
    assertThat(evaluated.readValuesToList()).isEmpty();
    requireNothingKept();
  }

  private DeadLetter onlyLetter() {
    List<DeadLetter> all = letters.readValuesToList();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private void requireNothingKept() {
    pass(PATIENCE.multipliedBy(3));
    for (String store :
        List.of(ScoresTopology.ROLLOUTS, ScoresTopology.KNOWN, ScoresTopology.DUE)) {
      try (KeyValueIterator<String, Object> all =
          driver.<String, Object>getKeyValueStore(store).all()) {
        assertThat(all.hasNext()).as(store).isFalse();
      }
    }
  }

  @Test
  void withoutRewardsTheReferenceAloneIsWaitedFor() {
    driver.close();
    start(new ScoresSettings(List.of(), List.of("length"), PATIENCE, Map.of()));
    sampled(rollout("a"));
    scored(score("a", "length", 12));
    assertThat(joined.isEmpty()).isTrue();
    scored(reference("a"));
    ScoredRollout scored = joined.readValue();
    assertThat(scored.getRequiredScorers()).containsExactly(ScoreRules.REFERENCE);
    assertThat(scored.getReferenceLogProbabilities()).containsExactly(-2f, -1f);
    assertThat(scored.getScores()).containsOnlyKeys("length");
    assertThat(scored.getScore()).isZero();
    assertThat(scored.getScoredAt()).isEqualTo(Instant.ofEpochMilli(9));
    sampled(rollout("b"));
    pass(PATIENCE.plusSeconds(2));
    assertThat(onlyLetter().getReason()).contains("has no score by reference");
    requireNothingKept();
  }

  @Test
  void aRolloutGoesOnWithTheLastRequiredScoreAndHasAllByName() {
    sampled(rollout("a"), TraceParent.headers(Optional.of(new TraceParent(TRACE))));
    scored(score("a", "length", 17));
    scored(
        score("a", "helpful", 1.5)
            .setModelVersion(new WeightVersion(0, 4L))
            .setExplanation("kind"));
    scored(reference("a"));
    assertThat(joined.isEmpty()).isTrue();
    scored(score("a", "right", 1).setTokenValues(List.of(0.5f)));

    TestRecord<String, ScoredRollout> record = joined.readRecord();
    ScoredRollout scored = record.value();
    assertThat(record.key()).isEqualTo("a");
    assertThat(TraceParent.of(record.headers()).orElseThrow().text()).isEqualTo(TRACE);
    assertThat(scored.getRollout()).isEqualTo(rollout("a").build());
    assertThat(scored.getScore()).isEqualTo(1.5f);
    assertThat(scored.getRewardModelVersion()).isEqualTo(new WeightVersion(0, 4L));
    assertThat(scored.getReferenceLogProbabilities()).containsExactly(-2f, -1f);
    assertThat(scored.getKl()).containsExactly(1f, 0.75f);
    assertThat(scored.getScoredAt()).isEqualTo(Instant.ofEpochMilli(9));
    assertThat(scored.getRequiredScorers()).containsExactly("helpful", "right", "reference");
    assertThat(scored.getScores())
        .isEqualTo(
            Map.of(
                "helpful", new ComponentScore(1.5, "7", null),
                "length", new ComponentScore(17.0, "7", null),
                "right", new ComponentScore(1.0, "7", List.of(0.5f))));
    assertThat(joined.isEmpty()).isTrue();
    assertThat(letters.isEmpty()).isTrue();
    requireNothingKept();
  }

  @Test
  void aScoreThatWasGivenToTheRolloutsOfThePastDecidesNothing() {
    scored(score("a", "right", 0).setRescored(true));
    scored(score("a", "length", 3).setRescored(true));
    sampled(rollout("a"));
    scored(score("a", "helpful", 1));
    scored(score("a", "right", 0).setValue(null).setFailure("no answer in it").setRescored(true));
    scored(reference("a"));
    assertThat(joined.isEmpty()).isTrue();
    scored(score("a", "right", 1));
    assertThat(joined.readValue().getScores())
        .isEqualTo(
            Map.of(
                "helpful", new ComponentScore(1.0, "7", null),
                "right", new ComponentScore(1.0, "7", null)));
    assertThat(letters.isEmpty()).isTrue();
    assertThat(heard).isEmpty();
  }

  @Test
  void scoresThatComeBeforeTheirRolloutWait() {
    scored(score("a", "helpful", 1));
    scored(reference("a"));
    scored(score("a", "right", 2));
    assertThat(joined.isEmpty()).isTrue();
    sampled(rollout("a"));
    assertThat(joined.readValue().getScores()).containsOnlyKeys("helpful", "right");
    assertThat(joined.isEmpty()).isTrue();
  }

  @Test
  void aRolloutAndAScorerCountOnce() {
    sampled(rollout("a"));
    sampled(rollout("a"));
    scored(score("a", "helpful", 1));
    scored(score("a", "helpful", 5));
    scored(score("a", "right", 2));
    scored(reference("a"));
    assertThat(joined.readValue().getScores().get("helpful").getValue()).isEqualTo(1);

    sampled(rollout("a"));
    scored(score("a", "helpful", 6));
    scored(score("a", "right", 2));
    scored(reference("a"));
    assertThat(joined.isEmpty()).isTrue();
    assertThat(letters.isEmpty()).isTrue();
    assertThat(heard)
        .containsExactly("late helpful", "late helpful", "late right", "late reference");
    requireNothingKept();
  }

  @Test
  void anOptionalScorerHoldsNothingUp() {
    sampled(rollout("a"));
    scored(score("a", "helpful", 1));
    scored(score("a", "right", 2));
    scored(score("a", "length", 0).setValue(null).setFailure("no idea"));
    scored(reference("a"));
    assertThat(joined.readValue().getScores()).containsOnlyKeys("helpful", "right");
    scored(score("a", "length", 3));
    scored(score("a", "somebody-elses", 4));
    assertThat(letters.isEmpty()).isTrue();
    requireNothingKept();
  }

  @Test
  void whatARequiredScorerDoesNotAnswerInTimeIsLostAndCounted() {
    sampled(rollout("a"));
    scored(score("a", "helpful", 1));
    scored(reference("a"));
    pass(PATIENCE.minusSeconds(2));
    assertThat(letters.isEmpty()).isTrue();
    pass(Duration.ofSeconds(4));

    DeadLetter letter = onlyLetter();
    assertThat(letter.getKind()).isEqualTo("patience");
    assertThat(letter.getStage()).isEqualTo("scores");
    assertThat(letter.getLostRollouts()).isEqualTo(1);
    assertThat(letter.getReason())
        .contains("a/0 has waited for rewards.patience = 20s and has no score by right:")
        .contains("rlhf status");
    assertThat(letter.getTopic()).isEqualTo(topics.rollouts().name());
    assertThat(StandardCharsets.UTF_8.decode(letter.getKey()).toString()).isEqualTo("a");
    assertThat(letter.getValue())
        .isEqualTo(ByteBuffer.wrap(bytes(topics.rollouts().name(), rollout("a").build())));

    scored(score("a", "right", 2));
    assertThat(joined.isEmpty()).isTrue();
    assertThat(heard).containsExactly("lost right", "late right");
    requireNothingKept();
  }

  @Test
  void timeInWhichTheJoinDoesNotRunIsNoPatience() {
    sampled(rollout("a"));
    pass(PATIENCE.minusSeconds(15));
    driver.advanceWallClockTime(Duration.ofHours(9)); // a machine that sleeps
    assertThat(letters.isEmpty()).isTrue();
    scored(score("a", "helpful", 1));
    scored(score("a", "right", 1));
    scored(reference("a"));
    assertThat(joined.readValuesToList()).hasSize(1);
  }

  @Test
  void aRequiredScorerThatCannotScoreEndsTheWait() {
    sampled(rollout("a"));
    scored(score("a", "right", 0).setValue(null).setFailure("there is no answer column"));
    DeadLetter letter = onlyLetter();
    assertThat(letter.getKind()).isEqualTo("score");
    assertThat(letter.getReason()).isEqualTo("right cannot score it: there is no answer column");
    assertThat(letter.getLostRollouts()).isEqualTo(1);

    scored(score("b", "right", Double.NaN)); // before its rollout
    assertThat(letters.isEmpty()).isTrue();
    sampled(rollout("b"));
    assertThat(onlyLetter().getReason()).contains("right", "b/0", "is NaN");

    sampled(rollout("c"));
    scored(reference("c").setTokenValues(List.of(-1f)));
    scored(score("c", "helpful", 1));
    scored(score("c", "right", 1));
    assertThat(onlyLetter().getReason()).contains("1 log-probabilities for 2 response tokens");
    assertThat(joined.isEmpty()).isTrue();
    requireNothingKept();
  }

  @Test
  void aBadScoreOfAnOptionalScorerIsRefusedAlone() {
    sampled(rollout("a"));
    scored(score("a", "length", Double.POSITIVE_INFINITY));
    scored(score("a", "length", 1).setTokenValues(List.of(1f, 1f, 1f)));
    assertThat(letters.readValuesToList())
        .allSatisfy(
            letter -> {
              assertThat(letter.getTopic()).isEqualTo(topics.scores().name());
              assertThat(letter.getLostRollouts()).isZero();
            })
        .extracting(DeadLetter::getReason)
        .satisfiesExactly(
            reason -> assertThat(reason).contains("is Infinity"),
            reason -> assertThat(reason).contains("has 3 values for 2 response tokens"));
    scored(score("a", "helpful", 1));
    scored(score("a", "right", 1));
    scored(reference("a"));
    assertThat(joined.readValue().getScores()).containsOnlyKeys("helpful", "right");
  }

  @Test
  void whatIsNoEventOrNoRolloutIsRefused() {
    rollouts.pipeInput("x", "no Avro".getBytes(StandardCharsets.UTF_8));
    scores.pipeInput("x", "no Avro".getBytes(StandardCharsets.UTF_8));
    scored(score("a", "a name with spaces", 1));
    sampled(rollout("b").setBehaviorLogProbabilities(List.of(-1f)));
    List<DeadLetter> all = letters.readValuesToList();
    assertThat(all).extracting(DeadLetter::getLostRollouts).containsExactly(0, 0, 0, 1);
    assertThat(all)
        .extracting(DeadLetter::getKind)
        .containsExactly("undecodable", "undecodable", "score", "rule");
    scored(score("b", "helpful", 1));
    scored(score("b", "right", 1));
    scored(reference("b"));
    assertThat(joined.isEmpty()).isTrue();
    requireNothingKept();
  }

  @Test
  void scoresOfARolloutThatNeverComesAreForgotten() {
    scored(score("nobody", "helpful", 1));
    scored(score("nobody", "length", 1));
    requireNothingKept();
    assertThat(heard).containsExactly("unmatched helpful", "unmatched length");
    assertThat(letters.isEmpty()).isTrue();
  }

  @Test
  void whatAReleaseWithoutAJoinHasScoredStaysSo() {
    driver.close();
    start(Map.of(0, 2L));
    for (String id : List.of("a", "b", "c")) {
      sampled(rollout(id));
      scored(score(id, "helpful", 1));
      scored(score(id, "right", 1));
      scored(reference(id));
    }
    assertThat(joined.readValuesToList())
        .extracting(one -> one.getRollout().getRequestId())
        .containsExactly("c");
  }
}
