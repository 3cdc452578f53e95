package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Rollouts that are on their way, or gathered for the next batch, when a run is rolled back. */
@Tag("slow")
final class RollbackInFlightTest {
  private static final int BATCH = 8;
  private static final long TARGET = 3;
  private static final WeightVersion BEGINNING = new WeightVersion(0, 0L);
  private static final WeightVersion KEPT = new WeightVersion(0, TARGET);
  private static final WeightVersion ABANDONED = new WeightVersion(0, TARGET + 1);

  /** Looks for more, of 100 ms each when the log has none, after which all of it is gathered. */
  private static final int IDLE = 50;

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

  @ParameterizedTest
  @CsvSource({"ppo,1", "grpo,4"})
  void whatTheAbandonedGenerationWroteIsNotLearnedAndACrashChangesNothing(
      String objective, int samples) throws IOException {
    String whole = objective + "-whole";
    Feed wholeFeed = new Feed(connection(whole, objective, samples), samples);
    assertThat(run(new Script(wholeFeed, 0), whole)).isFalse();
    assertAbandonedAreRefused(wholeFeed);

    String crashed = objective + "-crashed";
    Feed crashedFeed = new Feed(connection(crashed, objective, samples), samples);
    Script script = new Script(crashedFeed, 2);
    assertThatThrownBy(() -> run(script, crashed)).isInstanceOf(CrashException.class);
    assertThat(run(script, crashed)).isFalse();
    assertAbandonedAreRefused(crashedFeed);

    assertThat(learned(crashedFeed, 0)).isEqualTo(learned(wholeFeed, 0));
    assertThat(learned(crashedFeed, 1)).isEqualTo(learned(wholeFeed, 1));
    assertThat(RunLines.of(directory.resolve(crashed).resolve("metrics.jsonl")))
        .isEqualTo(RunLines.of(directory.resolve(whole).resolve("metrics.jsonl")));
    assertThat(directory.resolve(crashed + "-model").resolve("model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve(whole + "-model").resolve("model.safetensors"));
  }

  private KafkaConnection connection(String run, String objective, int samples) {
    Map<String, String> settings = RunSettings.of(stack, directory, run);
    settings.put("model.policy", GoldenPairs.model("policy").toString());
    settings.put("model.reward", GoldenPairs.model("reward").toString());
    settings.put("learner.objective", objective);
    settings.put("sampling.samples", String.valueOf(samples));
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.batch-size", String.valueOf(BATCH));
    settings.put("learner.checkpoint-every", String.valueOf(TARGET));
    KafkaConnection connection = new KafkaConnection(RlhfConfiguration.of(settings));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    return connection;
  }

  /** What comes to the learner: the same in each run. */
  private static final class Feed {
    private final KafkaConnection connection;
    private final int samples;
    private final SyntheticRollouts rollouts;
    private final Map<Long, String> abandoned = new LinkedHashMap<>();
    private long offset;

    Feed(KafkaConnection connection, int samples) {
      this.connection = connection;
      this.samples = samples;
      this.rollouts = new SyntheticRollouts(2048, samples);
      publish(5 * BATCH + 5); // the last ones fill no batch
    }

    void publish(int count) {
      String topic = connection.topics().scoredRollouts().name();
      try (KafkaProducer<String, Object> producer = connection.producer()) {
        for (int i = 0; i < count; i++) {
          ScoredRollout next = rollouts.next();
          List<VersionSegment> segments = segments(next.getRollout());
          if (segments.stream().anyMatch(segment -> segment.getVersion().equals(ABANDONED))) {
            abandoned.put(offset, next.getRollout().getRolloutId());
          }
          Rollout rollout = Rollout.newBuilder(next.getRollout()).setSegments(segments).build();
          producer.send(
              new ProducerRecord<>(
                  topic, 0, "key", ScoredRollout.newBuilder(next).setRollout(rollout).build()));
          offset++;
        }
        producer.flush();
      }
    }

    /**
     * Of the requests around the rollback one in three goes on; another is only half of the old.
     */
    private List<VersionSegment> segments(Rollout rollout) {
      int tokens = rollout.getResponseTokenIds().size();
      int place = Integer.parseInt(rollout.getRequestId().substring("request-".length())) * samples;
      if (place < 4 * BATCH || place >= 7 * BATCH) {
        return List.of(new VersionSegment(BEGINNING, 0, tokens));
      }
      return switch (place % 3) {
        case 0 -> List.of(new VersionSegment(KEPT, 0, tokens));
        case 1 -> List.of(new VersionSegment(ABANDONED, 0, tokens));
        default ->
            List.of(new VersionSegment(KEPT, 0, 2), new VersionSegment(ABANDONED, 2, tokens));
      };
    }
  }

  /**
   * Asks for the rollback when all that is there has been gathered, publishes more after it, and
   * stops when that has been gathered.
   */
  private static final class Script implements BooleanSupplier {
    private final Thread learner = Thread.currentThread();
    private final Feed feed;
    private boolean asked;
    private boolean rolledBack;
    private int looks;
    private int stepsLeft;

    /**
     * @param stepsLeft steps after the rollback until the learner crashes; 0 for never
     */
    Script(Feed feed, int stepsLeft) {
      this.feed = feed;
      this.stepsLeft = stepsLeft;
    }

    @Override
    public boolean getAsBoolean() {
      if (!Thread.currentThread().equals(learner)) {
        return false; // the publication in the background looks too
      }
      looks++;
      if (!asked && looks > IDLE) {
        send(feed.connection);
        asked = true;
      } else if (asked && !rolledBack && isRolledBack(feed.connection)) {
        feed.publish(5 * BATCH);
        rolledBack = true;
        looks = 0;
      }
      return rolledBack && looks > IDLE;
    }

    void stepped(StepReport report) {
      looks = 0;
      if (report.version().getGeneration() == 1 && --stepsLeft == 0) {
        throw new CrashException();
      }
    }
  }

  private static boolean isRolledBack(KafkaConnection connection) {
    return TopicEvents.of(connection, connection.topics().policyWeights(), WeightRecord.class)
        .stream()
        .filter(record -> record.getBody() instanceof WeightCommit)
        .anyMatch(record -> record.getVersion().getGeneration() == 1);
  }

  private static void send(KafkaConnection connection) {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("command")
            .setAction(ControlAction.ROLL_BACK)
            .setStep(TARGET)
            .setRequestedBy("ann")
            .setRequestedAt(Instant.EPOCH)
            .build();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(
          new ProducerRecord<>(
              connection.topics().controls().name(), 0, command.getCommandId(), command));
      producer.flush();
    }
  }

  /** Runs as the script says. */
  private boolean run(Script script, String run) {
    script.looks = 0;
    try (LearnerRun learner = LearnerRun.open(script.feed.connection, script::stepped)) {
      boolean ended = learner.run(script);
      learner.export(directory.resolve(run + "-model"), TensorType.F32);
      return ended;
    }
  }

  private static void assertAbandonedAreRefused(Feed feed) {
    assertThat(learned(feed, 1))
        .hasSizeGreaterThanOrEqualTo(3 * BATCH)
        .doesNotContainAnyElementsOf(feed.abandoned.values());
    List<String> before = learned(feed, 0);
    List<Long> expected =
        feed.abandoned.keySet().stream()
            .filter(offset -> !before.contains(feed.abandoned.get(offset)))
            .toList();
    List<DeadLetter> letters =
        TopicEvents.of(feed.connection, feed.connection.topics().deadLetters(), DeadLetter.class);
    assertThat(letters)
        .extracting(DeadLetter::getOffset)
        .containsExactlyInAnyOrderElementsOf(expected)
        .hasSizeGreaterThan(2);
    assertThat(letters)
        .allSatisfy(
            letter -> {
              assertThat(letter.getKind()).isEqualTo(DeadLetterKind.RULE.text());
              assertThat(letter.getLostRollouts()).isEqualTo(1);
              assertThat(letter.getReason())
                  .contains("generation 0")
                  .contains("rolled back to step " + TARGET);
            });
  }

  /** Rollouts that steps of a generation learned from. */
  private static List<String> learned(Feed feed, int generation) {
    return TopicEvents.of(
            feed.connection, feed.connection.topics().trainingMetrics(), StepMetrics.class)
        .stream()
        .filter(step -> step.getVersion().getGeneration() == generation)
        .flatMap(step -> step.getRolloutIds().stream())
        .toList();
  }
}
