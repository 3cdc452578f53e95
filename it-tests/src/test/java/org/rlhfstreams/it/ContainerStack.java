package org.rlhfstreams.it;

import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;

/**
 * The images of docker-compose.yml: broker and registry, started once for all tests, and roles on
 * them as compose runs them. A run of its own has a prefix of its own.
 */
final class ContainerStack {
  static final String RUNTIME = "eclipse-temurin:17-jre";
  static final String KAFKA = "apache/kafka:4.3.1";
  static final String REGISTRY = "apicurio/apicurio-registry:3.0.9";

  /** The port that every role serves its health and metrics on. */
  static final int OPERATIONS = 8090;

  /** The port of pages and HTTP API in the role people. */
  static final int PAGES = 8080;

  /** Of {@code people} and its commands, on a volume that they share. */
  static final String TOKENS_FILE = "/state/tokens.yaml";

  private static final String ROLES = "rlhf-streams:test";
  private static final Integer[] PORTS = {OPERATIONS};
  private static final Integer[] PORTS_WITH_PAGES = {OPERATIONS, PAGES};
  private static final String REGISTRY_PATH = "/apis/ccompat/v7";
  private static final long TWO_GIGABYTES = 2L << 30;
  private static final Duration LONGEST_START = Duration.ofMinutes(8);

  /** What one role alone is told; what the learner's run is like, the others have from the log. */
  private static final Map<String, Map<String, String>> OWN =
      Map.of(
          "learner",
          Map.of("RLHF_LEARNER_BATCH_SIZE", "16", "RLHF_PPO_EPOCHS", "1"),
          "people",
          Map.of("RLHF_PEOPLE_ENABLED", "true", "RLHF_PEOPLE_TOKENS_FILE", TOKENS_FILE));

  private static ContainerStack shared;

  private final Network network = Network.newNetwork();
  private final KafkaContainer kafka =
      new KafkaContainer(KAFKA)
          .withNetwork(network)
          .withListener("kafka:19092")
          .withEnv("KAFKA_HEAP_OPTS", "-Xmx512m");
  private final GenericContainer<?> registry =
      new GenericContainer<>(REGISTRY)
          .withNetwork(network)
          .withNetworkAliases("registry")
          .withEnv("APICURIO_STORAGE_KIND", "kafkasql")
          .withEnv("APICURIO_KAFKASQL_BOOTSTRAP_SERVERS", "kafka:19092")
          .withExposedPorts(8080)
          .waitingFor(Wait.forHttp(REGISTRY_PATH + "/subjects").withStartupTimeout(LONGEST_START));

  private ContainerStack() {
    buildRoles();
    kafka.start();
    registry.start();
  }

  /** The one that all tests share; it ends with them. */
  static synchronized ContainerStack shared() {
    if (shared == null) {
      shared = new ContainerStack();
    }
    return shared;
  }

  /** From the classes that these tests run with: what is tested is what is there. */
  private static void buildRoles() {
    Path root = Repository.root();
    run(
        root,
        root.resolve("containers/stage").toString(),
        root.resolve("target/image").toString(),
        System.getProperty("java.class.path"));
    run(
        root,
        "docker",
        "buildx",
        "build",
        "--quiet",
        "--load",
        "--build-arg",
        "APPLICATION=built",
        "--tag",
        ROLES,
        ".");
  }

  private static void run(Path directory, String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new AssertionError(
            String.format(
                Locale.ROOT, "%s ended with %d:%n%s", String.join(" ", command), exit, said));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** A role that counts as started when it is ready, as compose sees it; not started yet. */
  GenericContainer<?> role(String prefix, String... command) {
    return container(prefix, command)
        .withExposedPorts(command[0].equals("people") ? PORTS_WITH_PAGES : PORTS)
        .waitingFor(Wait.forHealthcheck().withStartupTimeout(LONGEST_START));
  }

  /** Starts roles side by side; if one does not get ready, the error has what it last answered. */
  static void start(GenericContainer<?>... roles) {
    try {
      Startables.deepStart(roles).join();
    } catch (CompletionException e) {
      throw new AssertionError(
          Stream.of(roles).map(ContainerStack::state).collect(Collectors.joining("\n")), e);
    }
  }

  private static String state(GenericContainer<?> role) {
    String name = String.join(" ", role.getCommandParts());
    if (role.getContainerId() == null) {
      return name + ": was not made";
    }
    InspectContainerResponse.ContainerState state = role.getCurrentContainerInfo().getState();
    List<HealthStateLog> checks = state.getHealth().getLog();
    return "%s: %s, exit code %s, out of memory %s, %s: %s"
        .formatted(
            name,
            state.getStatus(),
            state.getExitCodeLong(),
            state.getOOMKilled(),
            state.getHealth().getStatus(),
            checks.isEmpty() ? "" : checks.get(checks.size() - 1).getOutput());
  }

  /** Runs a command to its end, which must be a good one; what it said. */
  String command(String prefix, String... command) {
    try (GenericContainer<?> container =
        container(prefix, command)
            .withStartupCheckStrategy(
                new OneShotStartupCheckStrategy().withTimeout(LONGEST_START))) {
      container.start();
      return container.getLogs();
    }
  }

  @SuppressWarnings("resource") // whoever asked for it closes it
  private GenericContainer<?> container(String prefix, String... command) {
    return new GenericContainer<>(ROLES)
        .withNetwork(network)
        .withEnv(OWN.getOrDefault(command[0], Map.of()))
        .withLogConsumer(
            said ->
                System.out.println("[" + command[0] + "] " + said.getUtf8StringWithoutLineEnding()))
        .withEnv(
            Map.of(
                "RLHF_CONNECTION_BOOTSTRAP_SERVERS", "kafka:19092",
                "RLHF_CONNECTION_SCHEMA_REGISTRY_URL", "http://registry:8080" + REGISTRY_PATH,
                "RLHF_CONNECTION_TOPIC_PREFIX", prefix,
                "RLHF_TOPICS_PARTITIONS", "8",
                "RLHF_MODEL_POLICY", "/models/starter",
                "RLHF_MODEL_REWARD", "/models/starter-reward",
                "RLHF_ROLLOUT_WORKER_BATCH_SIZE", "4",
                "RLHF_SAMPLING_MAX_NEW_TOKENS", "24"))
        .withCommand(command)
        .withCreateContainerCmdModifier(
            create ->
                create
                    .getHostConfig()
                    .withReadonlyRootfs(true)
                    .withCapDrop(Capability.ALL)
                    .withMemory(TWO_GIGABYTES)
                    .withTmpFs(Map.of("/tmp", "rw,exec,size=128m"))
                    .withBinds(
                        command[0].equals("people")
                            ? new Bind("rlhf-streams-test-people", new Volume("/state"))
                            : new Bind(
                                Repository.root().resolve("models").toString(),
                                new Volume("/models"),
                                AccessMode.ro),
                        new Bind("rlhf-streams-test-native", new Volume("/native"))));
  }

  /** The log, from outside. */
  Log log(String prefix) {
    return new Log(
        kafka.getBootstrapServers(),
        String.format(
            Locale.ROOT,
            "http://%s:%d%s",
            registry.getHost(),
            registry.getMappedPort(8080),
            REGISTRY_PATH),
        prefix);
  }
}
