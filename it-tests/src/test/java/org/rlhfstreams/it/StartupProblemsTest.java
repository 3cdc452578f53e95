package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedBroker;
import org.rlhfstreams.embedded.EmbeddedRegistry;
import org.rlhfstreams.service.weights.PublishedTensor;

/** What can be wrong at start is said in a line that names the fix, with the right exit code. */
final class StartupProblemsTest {
  @TempDir private static Path data;
  private static EmbeddedBroker broker;
  private static EmbeddedRegistry registry;

  @TempDir private Path directory;

  @BeforeAll
  static void startCluster() {
    broker = EmbeddedBroker.start(data, 0);
    registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
  }

  @AfterAll
  static void closeCluster() {
    registry.close();
    broker.close();
  }

  private void assertFails(int code, String[] arguments, String... said) {
    try (RlhfProcess process = RlhfProcess.start(directory, arguments)) {
      assertThat(process.awaitExit()).isEqualTo(code);
      assertThat(process.output()).contains(said).doesNotContain("\tat ", "a fault of");
    }
  }

  private static String[] worker(String... more) {
    return Stream.concat(
            Stream.of(
                "rollout-worker",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--schema-registry-url",
                registry.url(),
                "--model.policy",
                Repository.starter().toString()),
            Stream.of(more))
        .toArray(String[]::new);
  }

  @Test
  void aBrokerThatIsDown() {
    assertFails(
        1,
        new String[] {
          "learner",
          "--model.policy",
          Repository.starter().toString(),
          "--bootstrap-servers",
          "127.0.0.1:1",
          "--connection.start-timeout",
          "2s"
        },
        "waiting for the Kafka broker at 127.0.0.1:1",
        "did not answer in 2 s",
        "connection.bootstrap-servers");
  }

  @Test
  void aRegistryThatIsDown() {
    assertFails(
        1,
        worker("--schema-registry-url", "http://127.0.0.1:1", "--connection.start-timeout", "2s"),
        "waiting for the schema registry at http://127.0.0.1:1",
        "did not answer in 2 s",
        "connection.schema-registry-url");
  }

  @Test
  void aPortInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      assertFails(
          1,
          new String[] {"broker", "--port", port, "--registry-port", "0"},
          "port " + port + " for the",
          "is in use");
      assertFails(
          1,
          worker("--rollout-worker.http-port", port),
          "port " + port + " on 127.0.0.1 is in use",
          "rollout-worker.http-port");
    }
  }

  @Test
  void anUnknownConfigurationKeyNamesTheNearest() throws IOException {
    Path file = directory.resolve("my.yaml");
    Files.writeString(file, "learner:\n  learnig-rate: 1e-5\n", StandardCharsets.UTF_8);
    assertFails(
        2,
        new String[] {"learner", "--config", file.toString()},
        "unknown key learner.learnig-rate",
        "learner.learning-rate");
    assertFails(
        2, new String[] {"learner", "--learner.learnig-rate", "1"}, "--learner.learning-rate");
  }

  @Test
  void aMissingModel() {
    assertFails(
        1,
        worker("--model.policy", directory.resolve("nowhere").toString()),
        "nowhere is not a directory");
  }

  @Test
  void pagesOfARunWithoutPeople() {
    assertFails(
        2,
        Stream.concat(Stream.of("people"), Stream.of(worker()).skip(1)).toArray(String[]::new),
        "people.enabled = false",
        "set people.enabled = true for the controller and for this role");
  }

  @Test
  void weightsOfAnotherFamily() throws Exception {
    try (RlhfProcess process = RlhfProcess.start(directory, worker("--topic-prefix", "family."))) {
      process.awaitLine("started");
      Log log = new Log(broker.bootstrapServers(), registry.url(), "family.");
      log.publish(
          log.topics().policyWeights(),
          PublishedTensor.ofFloats("model.norm.weight", List.of(7L), new float[7]));
      assertThat(process.awaitExit()).isEqualTo(1);
      assertThat(process.output())
          .contains("policy version 0.0 is of another family", "its model.norm.weight is [7], here")
          .contains("connection.topic-prefix")
          .doesNotContain("\tat ", "a fault of");
    }
  }

  @Test
  void aTokenizerThatIsNotTheModels() throws IOException {
    Path model = directory.resolve("model");
    Files.createDirectories(model);
    try (Stream<Path> files = Files.list(Repository.starter())) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Path tokenizer = model.resolve("tokenizer.json");
    Files.writeString(
        tokenizer,
        Files.readString(tokenizer)
            .replaceFirst(
                "\"added_tokens\": *\\[",
                "\"added_tokens\": [{\"id\": 2500, \"content\": \"<extra>\", \"single_word\":"
                    + " false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false,"
                    + " \"special\": true},"));
    assertFails(1, worker("--model.policy", model.toString()), "tokenizer.json", "vocab_size 2048");
  }

  @Test
  void aLanguageModelInPlaceOfARewardModel() {
    assertFails(
        1,
        Stream.concat(
                Stream.of("reward-service", "--model.reward", Repository.starter().toString()),
                Stream.of(worker()).skip(1))
            .toArray(String[]::new),
        "is a language model",
        "rlhf train reward");
  }
}
