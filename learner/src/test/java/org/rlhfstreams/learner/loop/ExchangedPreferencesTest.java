package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A learner whose checkpoint tells of preferences that the log does not have any more. */
@Tag("slow")
final class ExchangedPreferencesTest {
  private static final int PAIRS = 40;

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @TempDir private Path directory;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private KafkaConnection connection(String run, String until, int steps) {
    Map<String, String> settings = RunSettings.of(stack, directory, run);
    settings.put("model.reward", GoldenPairs.model("policy").toString());
    settings.put("learner.objective", "reward");
    settings.put("range.until", until);
    settings.put("learner.batch-size", "8");
    settings.put("learner.max-steps", String.valueOf(steps));
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  private KafkaConnection stoppedAtStepTwo(String run, String until) throws Exception {
    KafkaConnection connection = connection(run, until, 2);
    GoldenPairs.publish(connection, GoldenPairs.of(PAIRS));
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
    }
    return connection;
  }

  private void assertRefused(String run, String until, String reason) {
    assertThatThrownBy(
            () -> {
              try (LearnerRun learner = LearnerRun.open(connection(run, until, 4), report -> {})) {
                learner.run(() -> false);
              }
            })
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining(run + ".preferences");
  }

  @ParameterizedTest
  @ValueSource(strings = {"end", "never"})
  void aTopicThatWasMadeAnewIsAnotherLog(String until) throws Exception {
    String run = "anew-" + until;
    KafkaConnection connection = stoppedAtStepTwo(run, until);
    String topic = connection.topics().preferences().name();
    try (Admin admin = connection.admin()) {
      admin.deleteTopics(List.of(topic)).all().get();
      await().until(() -> !admin.listTopics().names().get().contains(topic));
    }
    GoldenPairs.publish(connection, GoldenPairs.of(PAIRS + 8));
    assertRefused(run, until, "is another log");
  }

  @ParameterizedTest
  @ValueSource(strings = {"end", "never"})
  void whatRetentionHasTakenOfWhatItReadIsMissed(String until) throws Exception {
    String run = "taken-" + until;
    KafkaConnection connection = stoppedAtStepTwo(run, until);
    TopicPartition partition = new TopicPartition(connection.topics().preferences().name(), 0);
    try (Admin admin = connection.admin()) {
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(30))).all().get();
    }
    assertRefused(run, until, "retention has removed");
  }
}
