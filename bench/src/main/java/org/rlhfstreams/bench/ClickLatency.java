package org.rlhfstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.cli.annotator.HttpAnnotator;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.cli.run.RunDirectory;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.evaluation.annotator.Annotator;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.TopicReader;

/**
 * How long a click takes to be a preference in the log, and to be in a reward model that scores;
 * the demo's run with people, each role a process of its own.
 */
public final class ClickLatency {
  private static final int CLICKS = 150;
  private static final Duration BETWEEN_CLICKS = Duration.ofSeconds(1);
  private static final Duration WITHOUT_NEWS = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Pattern PAGES = Pattern.compile("pages at (http://\\S+)");

  private final KafkaConnection connection;
  private final Topics topics;
  private final Map<String, Long> clicks = new ConcurrentHashMap<>();
  private final Map<String, Double> toPreference = new LinkedHashMap<>();
  private final Map<String, Double> toScore = new LinkedHashMap<>();
  private final Map<String, String> comparisonOf = new HashMap<>();
  private final Map<String, Long> learnedAtStep = new HashMap<>();
  private long scoringStep;
  private long news;

  private ClickLatency(KafkaConnection connection) {
    this.connection = connection;
    this.topics = connection.topics();
  }

  /** Prints the percentiles. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    Path directory = Files.createTempDirectory("click-latency");
    List<Process> roles = new ArrayList<>();
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      RunDirectory run = new RunDirectory(directory);
      Overrides policy =
          DemoSettings.withPeople(run)
              .suggest(Cluster.address(stack))
              .suggest("learner.max-steps", 0)
              .suggest("people.http-port", 0);
      Map<String, String> settings = policy.settings();
      Map<String, String> rewardLearner = policy.and(DemoSettings.rewardLearner(run)).settings();
      KafkaConnection connection =
          Cluster.connect(RlhfConfiguration.of(settings), Role.SETUP, message -> {});
      start(roles, directory, "setup", settings, "prompts", "import").waitFor();
      start(roles, directory, "controller", settings, "controller");
      start(roles, directory, "people", settings, "people");
      start(roles, directory, "reward-service", settings, "reward-service");
      start(roles, directory, "rollout-worker", settings, "rollout-worker");
      start(roles, directory, "policy", settings, "learner");
      start(roles, directory, "reward", rewardLearner, "learner");
      new ClickLatency(connection).run(pages(directory.resolve("people.log")));
    } finally {
      roles.forEach(Process::destroy);
      for (Process role : roles) {
        role.waitFor(30, TimeUnit.SECONDS);
      }
    }
    System.exit(0);
  }

  private static Process start(
      List<Process> roles,
      Path directory,
      String name,
      Map<String, String> settings,
      String... command)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("./rlhf"));
    words.addAll(Arrays.asList(command));
    settings.forEach((key, value) -> words.addAll(List.of("--" + key, value)));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    roles.add(process);
    return process;
  }

  private static String pages(Path output) throws IOException {
    while (true) {
      if (Files.exists(output)) {
        Matcher matcher = PAGES.matcher(Files.readString(output));
        if (matcher.find()) {
          return matcher.group(1);
        }
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  private void run(String pages) {
    Annotator longer =
        (comparisonId, first, second) -> {
          clicks.put(comparisonId, System.nanoTime());
          return first.length() >= second.length() ? Choice.FIRST : Choice.SECOND;
        };
    HttpAnnotator annotator = new HttpAnnotator(pages, "bench", longer);
    Thread clicking =
        new Thread(
            () -> {
              while (clicks.size() < CLICKS) {
                annotator.answerOne();
                LockSupport.parkNanos(BETWEEN_CLICKS.toNanos());
              }
            });
    clicking.setDaemon(true);
    clicking.start();
    List<TopicPartition> partitions =
        Stream.of(topics.preferences(), topics.trainingMetrics(), topics.scoredRollouts())
            .flatMap(ClickLatency::partitions)
            .toList();
    try (TopicReader reader = TopicReader.ofPartitions(connection::plainConsumer, partitions)) {
      news = System.nanoTime();
      while (clicks.size() < CLICKS || System.nanoTime() - news < WITHOUT_NEWS.toNanos()) {
        reader.readNext(POLL, record -> take(record, System.nanoTime()));
      }
    }
    report("click to preference event", toPreference, clicks.size());
    report("click to a score by a reward model that learned from it", toScore, clicks.size());
  }

  private static Stream<TopicPartition> partitions(Topic topic) {
    return IntStream.range(0, topic.partitions())
        .mapToObj(partition -> new TopicPartition(topic.name(), partition));
  }

  private <T extends SpecificRecord> T decoded(
      ConsumerRecord<String, byte[]> record, Class<T> event) {
    try {
      RecordDecoder<T> decoder = connection.decoder(event);
      return decoder.decode(record.topic(), record.value());
    } catch (UndecodableException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(ConsumerRecord<String, byte[]> record, long now) {
    if (record.topic().equals(topics.preferences().name())) {
      Preference preference = decoded(record, Preference.class);
      Long clicked = clicks.get(preference.getComparisonId());
      comparisonOf.put(preference.getPreferenceId(), preference.getComparisonId());
      toPreference.put(preference.getComparisonId(), seconds(clicked, now));
    } else if (record.topic().equals(topics.trainingMetrics().name())) {
      StepMetrics step = decoded(record, StepMetrics.class);
      if (step.getObjective().equals("reward")) {
        step.getRolloutIds()
            .forEach(id -> learnedAtStep.putIfAbsent(id, step.getVersion().getStep()));
      }
    } else {
      ScoredRollout scored = decoded(record, ScoredRollout.class);
      long step = scored.getRewardModelVersion().getStep();
      if (step > scoringStep) {
        scoringStep = step;
      }
    }
    List<String> arrived = new ArrayList<>();
    learnedAtStep.forEach(
        (preference, step) -> {
          if (step <= scoringStep && comparisonOf.containsKey(preference)) {
            arrived.add(preference);
          }
        });
    for (String preference : arrived) {
      String comparison = comparisonOf.get(preference);
      learnedAtStep.remove(preference);
      if (!toScore.containsKey(comparison)) {
        toScore.put(comparison, seconds(clicks.get(comparison), now));
        news = now;
      }
    }
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }

  private static void report(String what, Map<String, Double> times, int of) {
    double[] sorted = times.values().stream().mapToDouble(Double::doubleValue).sorted().toArray();
    System.out.printf(
        "%s: %d of %d, p50 %.3f s, p99 %.3f s, longest %.3f s%n",
        what,
        sorted.length,
        of,
        sorted[sorted.length / 2],
        sorted[(int) Math.ceil(0.99 * sorted.length) - 1],
        sorted[sorted.length - 1]);
  }
}
