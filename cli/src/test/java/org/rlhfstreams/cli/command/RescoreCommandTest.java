package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** An old reward that went up while a new scorer says that the answers became worse. */
@Tag("slow")
final class RescoreCommandTest {
  private static final String REWARDS =
      "[{name: long, scorer: external}, {name: right, scorer: math, weight: 0},"
          + " {name: words, scorer: length, weight: 0, settings: {mode: count, unit: words}}]";
  private static final int ROLLOUTS = 40;

  @TempDir private static Path data;
  private static CommandCluster cluster;
  private static KafkaConnection connection;

  @TempDir private Path directory;

  @BeforeAll
  static void writeLog() {
    cluster = CommandCluster.start(data);
    connection = cluster.connection();
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < ROLLOUTS; i++) {
        Rollout rollout = rollout(i);
        write(producer, connection.topics().rollouts(), rollout.getRequestId(), rollout);
        write(
            producer,
            connection.topics().scores(),
            rollout.getRequestId(),
            Score.newBuilder()
                .setRolloutId(rollout.getRolloutId())
                .setRequestId(rollout.getRequestId())
                .setScorer("long")
                .setValue(i / 10.0)
                .setScoredAt(Instant.EPOCH)
                .build());
      }
    }
  }

  private static void write(
      KafkaProducer<String, Object> producer, Topic topic, String key, SpecificRecord event) {
    producer.send(new ProducerRecord<>(topic.name(), 0, key, event));
  }

  /** Answers of many words are the later ones, and wrong, but for one. */
  private static Rollout rollout(int number) {
    boolean isRight = number < ROLLOUTS / 2 || number == ROLLOUTS - 1;
    return Rollout.newBuilder()
        .setRolloutId("r" + number + "/0")
        .setRequestId("r" + number)
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("What is 2 + 2 for the " + number + "th time?")
        .setPromptTokenIds(List.of(1))
        .setResponseText("It is " + "really ".repeat(number) + (isRight ? 4 : 5))
        .setResponseTokenIds(List.of(2, 3))
        .setBehaviorLogProbabilities(List.of(-1f, -1f))
        .setSampling(
            SamplingSettings.newBuilder().setTemperature(1).setMaxNewTokens(8).setSeed(0).build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, number / 4L), 0, 2)))
        .setFinishReason(FinishReason.STOP)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .setMetadata(Map.of("answer", "4"))
        .build();
  }

  @AfterAll
  static void closeStack() {
    cluster.close();
  }

  private static String[] all(String... arguments) {
    List<String> all = new ArrayList<>(List.of("rescore"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--rewards.list", REWARDS));
    return all.toArray(String[]::new);
  }

  private static String rescored(String... arguments) {
    return cluster.expecting(0, all(arguments)).output();
  }

  @Test
  void rewardHackingBecomesVisible() throws Exception {
    Path json = directory.resolve("rescore.json");
    Path html = directory.resolve("rescore.html");
    Path csv = directory.resolve("rescore.csv");
    String output =
        rescored(
            "--scorer",
            "right",
            "--temporary-directory",
            directory.toString(),
            "--json",
            json.toString(),
            "--html",
            html.toString(),
            "--csv",
            csv.toString());
    assertThat(output)
        .containsPattern("right math-[0-9a-f]{8}: 40 rollouts; 40 scored, 0 had a score, 0 refused")
        .containsPattern("long +40 +1\\.950 ±")
        .containsPattern("right +40 +0\\.525 ± \\S+ +-0\\.\\d{3}")
        .contains("What is 2 + 2 for the 38th time?");
    JsonNode all = new ObjectMapper().readTree(json.toFile());
    assertThat(all.get("evaluation").asText()).isEqualTo("rescore");
    assertThat(all.get("old").asText()).isEqualTo("long");
    assertThat(all.get("correlation").asDouble()).isBetween(-0.9, -0.7);
    assertThat(all.get("rows")).hasSize(ROLLOUTS);
    assertThat(all.get("largest")).hasSize(10);
    assertThat(all.get("largest").get(0).get("rollout").asText())
        .as("the highest old reward of a wrong answer")
        .isEqualTo("r38/0");
    assertThat(all.get("counts").get("scored").asInt()).isEqualTo(ROLLOUTS);
    assertThat(Files.readString(html))
        .contains("right against long", "Where both differ most", "is really");
    assertThat(Files.readAllLines(csv)).hasSize(ROLLOUTS + 1).contains("r38/0,9,3.8,0.0");

    assertThat(rescored("--scorer", "right"))
        .contains("40 rollouts; 0 scored, 40 had a score, 0 refused");
    assertThat(rescored("--scorer", "words", "--against", "right"))
        .contains("40 scored")
        .containsPattern("right +40 +0\\.525")
        .containsPattern("words +40 +22\\.500");
  }

  @Test
  void aVersionOfOnesOwnIsComparedWithTheOneBefore() {
    rescored("--scorer", "words", "--scorer-version", "one");
    assertThat(rescored("--scorer", "words", "--scorer-version", "two", "--against", "words"))
        .contains("words two: 40 rollouts; 40 scored")
        .containsPattern("words +40 +22\\.500 ± \\S+ +1\\.000");
  }

  @Test
  void whatCannotBeScoredIsNamedBeforeTheBrokerIsAsked() {
    assertThat(cluster.expecting(2, all()).errors()).contains("--scorer");
    assertThat(cluster.expecting(2, all("--scorer", "long")).errors()).contains("long is external");
    assertThat(cluster.expecting(2, all("--scorer", "nobody")).errors())
        .contains("there is no reward nobody; there are long, right, words");
    assertThat(cluster.expecting(1, all("--scorer", "right", "--against", "no one")).errors())
        .contains("--against no one");
    assertThat(
            cluster.expecting(1, all("--scorer", "right", "--json", directory.toString())).errors())
        .contains("cannot be written");
  }
}
