package org.rlhfstreams.topology.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;

final class StatisticsTopologyTest {
  @TempDir private Path state;

  private static ScoredRollout scored(long step, float score, int tokens, FinishReason reason) {
    WeightVersion version = new WeightVersion(0, step);
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId("r")
            .setRequestId("r")
            .setPromptId("p")
            .setSampleIndex(0)
            .setPromptText("x")
            .setPromptTokenIds(List.of(1))
            .setResponseText("y")
            .setResponseTokenIds(Collections.nCopies(tokens, 2))
            .setBehaviorLogProbabilities(Collections.nCopies(tokens, -1f))
            .setSampling(
                SamplingSettings.newBuilder()
                    .setTemperature(1f)
                    .setTopK(0)
                    .setTopP(1f)
                    .setMaxNewTokens(16)
                    .setSeed(7L)
                    .build())
            .setSegments(List.of(new VersionSegment(version, 0, tokens)))
            .setFinishReason(reason)
            .setWorkerId("w")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .build();
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(score)
        .setRewardModelVersion(version)
        .setReferenceLogProbabilities(Collections.nCopies(tokens, -1.5f))
        .setKl(Collections.nCopies(tokens, 0.5f))
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  @Test
  void figuresAreOfEachVersion() {
    EventSerdes serdes = new EventSerdes("mock://statistics", Map.of());
    Topics topics = new Topics("test.", 4);
    StreamsBuilder builder = new StreamsBuilder();
    StatisticsTopology.build(builder, topics, serdes);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "statistics");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), properties)) {
      TestInputTopic<String, Object> input =
          driver.createInputTopic(
              topics.scoredRollouts().name(), new StringSerializer(), serdes.serializer());
      TestOutputTopic<String, RolloutStatistics> output =
          driver.createOutputTopic(
              topics.rolloutStatistics().name(),
              new StringDeserializer(),
              serdes.serde(RolloutStatistics.class).deserializer());
      input.pipeInput("a", scored(3, 1, 4, FinishReason.STOP));
      input.pipeInput("b", scored(3, 4, 8, FinishReason.LENGTH));
      input.pipeInput("c", scored(4, 9, 8, FinishReason.LENGTH));
      input.pipeInput("d", scored(3, Float.NaN, 8, FinishReason.LENGTH)); // counts nowhere
      input.pipeInput("e", scored(3, 7, 6, FinishReason.STOP));
      RolloutStatistics figures = output.readKeyValuesToMap().get("0.3");
      assertThat(figures.getRollouts()).isEqualTo(3);
      assertThat(figures.getScoreMean()).isCloseTo(4, within(1e-9));
      assertThat(figures.getScoreSquares()).isCloseTo(18, within(1e-9));
      assertThat(figures.getLengthMean()).isCloseTo(6, within(1e-9));
      assertThat(figures.getKlMean()).isCloseTo(3, within(1e-6));
      assertThat(figures.getStopped()).isEqualTo(2);
    }
  }
}
