package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.command.RlhfCommand;
import org.rlhfstreams.controller.ControllerService;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.people.PeopleService;
import org.rlhfstreams.reward.RewardService;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.access.RoleAccess;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WeightReader;
import org.rlhfstreams.service.weights.WireType;
import org.rlhfstreams.worker.RolloutWorker;

/**
 * Everybody on the stream is known to the broker, does what his role is allowed by {@code rlhf
 * topics acls} and nothing else; passwords are seen by nobody.
 */
final class SecuredClusterTest {
  private static final String PASSWORD = "seen-by-nobody-4711";
  private static final int STEPS = 2;
  private static final Duration LONGEST = Duration.ofMinutes(2);

  @TempDir private static Path directory;
  private static SecretWatch secrets;
  private static SecuredCluster cluster;

  @TempDir private Path output;

  @BeforeAll
  static void startCluster() throws Exception {
    secrets = SecretWatch.start(PASSWORD);
    cluster = new SecuredCluster(directory, PASSWORD);
    Path administrator = cluster.file("administrator", cluster.administrator());
    rlhf(0, administrator, "topics", "acls", "--apply");
    Path setup = cluster.file("setup", cluster.settings(Role.SETUP));
    assertThat(rlhf(0, setup, "topics", "create")).contains("topics are in order");
    Path prompts = Files.writeString(directory.resolve("prompts.txt"), "Once there was a fox.\n");
    assertThat(rlhf(0, setup, "prompts", "import", prompts.toString()))
        .contains("published 1 prompts");
    assertThat(rlhf(0, setup, "prompts", "import", prompts.toString()))
        .contains("published no prompts");
  }

  @AfterAll
  static void closeCluster() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    secrets.stop();
  }

  @AfterEach
  void nobodyHasSeenThePassword() {
    assertThat(secrets.dumps()).as("settings that libraries have logged").isPositive();
    assertThat(secrets.leaks()).isEmpty();
  }

  /** Runs a command that is to end with an exit code; what it says. */
  private static String rlhf(int code, Path configuration, String... arguments) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.out;
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(out);
    int ended;
    try {
      String[] all = Arrays.copyOf(arguments, arguments.length + 2);
      all[arguments.length] = "--config";
      all[arguments.length + 1] = configuration.toString();
      ended =
          RlhfCommand.commandLine()
              .setErr(new PrintWriter(out, true, StandardCharsets.UTF_8))
              .execute(all);
    } finally {
      System.setOut(before);
    }
    String text = said.toString(StandardCharsets.UTF_8);
    System.out.printf("[%s] %s%n", String.join(" ", arguments), text.strip());
    assertThat(text).doesNotContain(PASSWORD).doesNotContain("\tat ", "a fault of");
    assertThat(ended).as(text).isEqualTo(code);
    return text;
  }

  private static KafkaConnection connection(Map<String, String> settings) {
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  private KafkaConnection connect(Role role) {
    Map<String, String> settings = cluster.settings(role);
    settings.put("model.policy", Repository.starter().toString());
    settings.put("model.reward", Repository.starterReward().toString());
    settings.put("learner.batch-size", "4");
    settings.put("learner.max-steps", String.valueOf(STEPS));
    settings.put("learner.output", output.resolve("output").toString());
    settings.put("learner.checkpoint-directory", output.resolve("checkpoints").toString());
    settings.put("controller.state-directory", output.resolve("state").toString());
    settings.put("people.state-directory", output.resolve("people").toString());
    settings.put("sampling.max-new-tokens", "8");
    settings.put("ppo.epochs", "1");
    settings.put("people.enabled", "true");
    settings.put("people.http-port", "0");
    return org.rlhfstreams.cli.run.Cluster.connect(
        RlhfConfiguration.of(settings), role, message -> {});
  }

  @Test
  void theRolesDoTheirWorkWithWhatTheyAreAllowed() throws Exception {
    KafkaConnection worker;
    try (ShutdownSequence opened = new ShutdownSequence()) {
      LearnerService learner =
          opened.add(LearnerService.start(connect(Role.LEARNER), report -> {}));
      ControllerService controller = opened.add(ControllerService.start(connect(Role.CONTROLLER)));
      PeopleService people = opened.add(PeopleService.start(connect(Role.PEOPLE)));
      RewardService reward = opened.add(RewardService.start(connect(Role.REWARD_SERVICE)));
      worker = connect(Role.ROLLOUT_WORKER);
      RolloutWorker rollouts = opened.add(RolloutWorker.start(worker));
      await("the learner has learned")
          .atMost(LONGEST)
          .until(
              () ->
                  Stream.of(
                          learner.ended(),
                          reward.ended(),
                          rollouts.ended(),
                          controller.ended(),
                          people.ended())
                      .anyMatch(Future::isDone));
      assertThat(learner.ended()).isCompleted();
      await("judgements are taken").atMost(LONGEST).until(() -> people.unready().isEmpty());
      await("the pages show how far the stages are")
          .atMost(LONGEST)
          .until(() -> get(people.url() + "/api/v1/status"), body -> body.contains("\"rollouts\""));
      assertThat(people.ended()).isNotDone();
      forbidReading(worker.topics().rolloutRequests(), Role.ROLLOUT_WORKER);
      assertThat(rollouts.ended())
          .failsWithin(LONGEST)
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("refuses User:rollout-worker")
          .withMessageContaining("rlhf.rollout-requests");
    }
    Log log = new Log(connection(cluster.settings(Role.OPERATOR)));
    assertThat(log.read(log.topics().trainingMetrics(), StepMetrics.class)).hasSize(STEPS);
    Path operator = cluster.file("operator", cluster.settings(Role.OPERATOR));
    assertThat(rlhf(0, operator, "status")).contains("newest step 0." + STEPS);
    assertThat(rlhf(0, operator, "audit")).contains("balances");
    assertThat(rlhf(0, operator, "topics", "describe")).contains("rlhf.policy-weights");
    assertThat(rlhf(0, operator, "learner", "--print-config")).contains("jaas.config: '*****");
    unsignedWeightsAreRefused(worker);
  }

  private static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Takes a right away from who is using it. */
  private static void forbidReading(Topic topic, Role role) throws Exception {
    KafkaConnection administrator = connection(cluster.administrator());
    try (Admin admin = administrator.admin()) {
      admin
          .deleteAcls(
              RoleAccess.of(role, administrator.topics()).stream()
                  .filter(rule -> rule.resource().name().equals(topic.name()))
                  .flatMap(rule -> rule.bindings("User:" + role.text()).stream())
                  .map(AclBinding::toFilter)
                  .toList())
          .all()
          .get();
    }
  }

  /** Also from somebody whom the broker lets publish weights. */
  private static void unsignedWeightsAreRefused(KafkaConnection worker) {
    KafkaConnection learner = connection(cluster.settings(Role.LEARNER));
    try (WeightReader reader =
        WeightReader.start(
            worker,
            worker.topics().policyWeights(),
            (version, header) -> Optional.empty(),
            (version, reason) -> {})) {
      WeightVersion last = new WeightVersion(0, (long) STEPS);
      await("the learner's signed weights are taken")
          .atMost(LONGEST)
          .until(() -> reader.newest().equals(Optional.of(last)));
      publishWeights(learner);
      await("unsigned weights are refused")
          .atMost(LONGEST)
          .until(() -> reader.refusal().isPresent());
      assertThat(reader.refusal().orElseThrow())
          .startsWith("version 0.1000 is refused: it is not signed");
      assertThat(reader.newest()).contains(last);
    }
  }

  private static void publishWeights(KafkaConnection connection) {
    try (KafkaProducer<String, Object> producer = connection.weightProducer()) {
      WeightPublisher publisher =
          new WeightPublisher(
              connection.topics().policyWeights(), WireType.F32, 1, Optional.empty());
      PublishedTensor tensor = PublishedTensor.ofFloats("t", List.of(1L), new float[1]);
      SentWeights sent =
          publisher.send(
              producer, new WeightVersion(0, 1000L), "llama", List.of(tensor), () -> false);
      producer.send(publisher.commit(sent));
    }
  }

  @Test
  void aWorkerCannotPublishWeights() throws Exception {
    KafkaConnection worker = connection(cluster.settings(Role.ROLLOUT_WORKER));
    assertThatThrownBy(() -> publishWeights(worker))
        .isInstanceOf(KafkaException.class)
        .satisfies(
            error ->
                assertThat(new BrokerRefusal(worker).in(error))
                    .get()
                    .extracting(ConnectionException::getMessage)
                    .asString()
                    .contains(
                        "refuses User:rollout-worker",
                        "rlhf.policy-weights",
                        "kafka-acls.sh",
                        "--topic 'rlhf.policy-weights'"));
    // Nor be a learner, nor make the rules.
    Path file = cluster.file("worker", cluster.settings(Role.ROLLOUT_WORKER));
    assertThat(rlhf(1, file, "learner", "--model.policy", Repository.starter().toString()))
        .contains(
            "User:rollout-worker may not Write, Delete topic rlhf.policy-weights, as the role"
                + " learner must: kafka-acls.sh --bootstrap-server "
                + cluster.scram()
                + " --add --allow-principal 'User:rollout-worker' --operation Write --operation"
                + " Delete --topic 'rlhf.policy-weights'")
        .contains("may not Write transactional ids rlhf.learner-*");
    assertThat(rlhf(1, file, "topics", "acls", "--apply")).contains("super.users");
  }

  @Test
  void anAnnotatorWithACertificateGivesOpinionsAndNoScores() throws Exception {
    Path annotator = cluster.file("annotator", cluster.certified("annotator"));
    Path pairs =
        Files.writeString(
            output.resolve("pairs.jsonl"),
            "{\"prompt\": \"Once\", \"chosen\": \" upon a time\", \"rejected\": \" more\"}\n");
    assertThat(rlhf(0, annotator, "preferences", "import", pairs.toString()))
        .contains("published 1 preferences");
    assertThat(rlhf(0, annotator, "preferences", "import", pairs.toString()))
        .contains("may not read rlhf.preferences", "each counts once");
    KafkaConnection connection = connection(cluster.certified("annotator"));
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      String scored = connection.topics().scoredRollouts().name();
      assertThatThrownBy(() -> producer.send(new ProducerRecord<>(scored, "key", null)).get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TopicAuthorizationException.class)
          .satisfies(
              error ->
                  assertThat(new BrokerRefusal(connection).in(error))
                      .get()
                      .extracting(ConnectionException::getMessage)
                      .asString()
                      .contains("refuses User:CN=annotator", scored));
    }
  }

  @Test
  void whoIsNotKnownIsRefusedAtOnce() throws Exception {
    Map<String, String> wrongPassword = cluster.settings(Role.LEARNER);
    wrongPassword.put("kafka.sasl.jaas.config", cluster.user("learner", "not-" + PASSWORD));
    assertRefused(
        wrongPassword,
        "does not let User:learner in: Authentication failed",
        "kafka.sasl.jaas.config");
    Map<String, String> untrusted = cluster.settings(Role.LEARNER);
    untrusted.remove("kafka.ssl.truststore.type");
    untrusted.remove("kafka.ssl.truststore.location");
    assertRefused(
        untrusted,
        "no TLS with the Kafka broker",
        "unable to find valid certification path",
        "kafka.ssl.truststore.location");
    Map<String, String> uncertified = cluster.certified("annotator");
    uncertified.keySet().removeIf(key -> key.startsWith("kafka.ssl.keystore"));
    assertRefused(uncertified, "no TLS with the Kafka broker", "kafka.ssl.keystore.location");
    Map<String, String> noSuchFile = cluster.certified("annotator");
    noSuchFile.put("kafka.ssl.keystore.location", "nowhere.p12");
    assertRefused(noSuchFile, "no Kafka client can be made", "NoSuchFileException: nowhere.p12");
    Map<String, String> unknownToRegistry = cluster.settings(Role.LEARNER);
    unknownToRegistry.put("schema-registry.basic.auth.user.info", "roles:not-" + PASSWORD);
    assertRefused(
        unknownToRegistry,
        "does not let this client in (401)",
        "schema-registry.basic.auth.user.info");
    Map<String, String> untrustedRegistry = cluster.settings(Role.LEARNER);
    untrustedRegistry.keySet().removeIf(key -> key.contains("registry.ssl.truststore"));
    assertRefused(
        untrustedRegistry,
        "no TLS with the schema registry",
        "unable to find valid certification path",
        "schema.registry.ssl.truststore.location");
  }

  private static void assertRefused(Map<String, String> settings, String... said) throws Exception {
    settings.put("connection.start-timeout", "1h");
    String text =
        rlhf(
            1,
            cluster.file("refused", settings),
            "learner",
            "--model.policy",
            Repository.starter().toString());
    assertThat(text).contains(said);
    assertThat(text.lines()).as("one line, and no wait before it").hasSize(1);
  }
}
