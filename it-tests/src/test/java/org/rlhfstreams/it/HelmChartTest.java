package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * What the chart renders to is valid for Kubernetes, and says what the roles understand. Skipped
 * where {@code helm/check --prepare} has built nothing to check it with.
 */
final class HelmChartTest {
  private static final int CANNOT_BE_CHECKED = 3;
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir private static Path directory;
  private static String said;
  private static int exit;

  @BeforeAll
  static void check() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Repository.root().resolve("helm").resolve("check").toString(),
                "--if-prepared",
                "--keep",
                directory.toString())
            .redirectErrorStream(true)
            .start();
    said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    exit = process.waitFor();
    if (exit == CANNOT_BE_CHECKED) {
      System.out.println("tests on the Helm chart are skipped: " + said);
      abort(said);
    }
  }

  @Test
  void everySetOfValuesRendersToWhatKubernetesTakes() {
    assertThat(exit).as(said).isZero();
    assertThat(said)
        .contains("minimal: Valid", "people: Valid", "strimzi-secured: Valid", "gpu: Valid");
  }

  @Test
  void everyRoleUnderstandsItsConfiguration() throws IOException {
    for (Path file : rendered()) {
      List<JsonNode> objects = objects(file);
      for (JsonNode object : objects) {
        for (JsonNode container : containers(object)) {
          Path configuration = configurationOf(object, objects);
          assertThatCode(() -> load(configuration, container))
              .as("%s of %s", container.path("name").asText(), file.getFileName())
              .doesNotThrowAnyException();
        }
      }
    }
  }

  @Test
  void peopleAreServedByARoleOfItsOwnAndFollowedByALearnerOfItsOwn() throws IOException {
    Path file = directory.resolve("people.yaml");
    List<JsonNode> objects = objects(file);
    Map<String, RlhfConfiguration> roles = new HashMap<>();
    for (JsonNode object : objects) {
      for (JsonNode container : containers(object)) {
        roles.put(
            container.path("name").asText(), load(configurationOf(object, objects), container));
      }
    }
    assertThat(roles.get("people").people().enabled()).isTrue();
    assertThat(roles.get("people").people().tokensFile()).isPresent();
    assertThat(roles.get("controller").people().enabled()).isTrue();
    assertThat(roles.get("controller").sampling().samples()).isEqualTo(2);
    assertThat(roles.get("reward-service").people().enabled()).isFalse();
    assertThat(roles.get("reward-service").people().tokensFile()).isEmpty();
    assertThat(roles.get("rollout-worker").people().enabled()).isFalse();
    assertThat(roles.get("rollout-worker").sampling().samples()).isEqualTo(2);
    assertThat(roles.get("learner").learner().objective()).isEqualTo(TrainingObjective.PPO);
    assertThat(roles.get("reward-learner").learner().objective())
        .isEqualTo(TrainingObjective.REWARD);
    assertThat(file).content().contains("args: [learner,").doesNotContain("args: [reward-learner");
  }

  @Test
  void aRunThatIsEvaluatedHasAWorkerForIt() throws IOException {
    Path file = directory.resolve("gpu.yaml");
    List<JsonNode> objects = objects(file);
    Map<String, RlhfConfiguration> roles = new HashMap<>();
    for (JsonNode object : objects) {
      for (JsonNode container : containers(object)) {
        roles.put(
            container.path("name").asText(), load(configurationOf(object, objects), container));
      }
    }
    assertThat(roles.get("learner").learner().evaluateEvery()).isPositive();
    assertThat(roles.get("evaluation-worker").rolloutWorker().evaluation()).isTrue();
    assertThat(roles.get("rollout-worker").rolloutWorker().evaluation()).isFalse();
    assertThat(directory.resolve("people.yaml"))
        .content()
        .doesNotContain("name: rlhf-rlhf-streams-evaluation-worker");
  }

  @Test
  void scorersAndControllersAreAsManyAsAskedForBesidePeople() throws IOException {
    List<JsonNode> objects = objects(directory.resolve("people.yaml"));
    assertThat(role(objects, "reward-service").path("spec").path("replicas").asInt()).isEqualTo(3);
    assertThat(role(objects, "controller").path("spec").path("replicas").asInt()).isEqualTo(2);
    JsonNode people = role(objects, "people");
    assertThat(people.path("spec").path("replicas").asInt()).isEqualTo(1);
    assertThat(people.path("spec").path("strategy").path("type").asText()).isEqualTo("Recreate");
    assertThat(podOf(people).path("volumes").findValuesAsText("name")).doesNotContain("models");
    assertThat(podOf(people).path("initContainers")).isEmpty();
  }

  @Test
  void everyRoleThatRunsIsScrapedAndMayReachTheBroker() throws IOException {
    List<JsonNode> objects = objects(directory.resolve("people.yaml"));
    List<String> roles =
        objects.stream()
            .filter(
                object ->
                    List.of("Deployment", "StatefulSet").contains(object.path("kind").asText()))
            .map(object -> component(object.path("spec").path("template")))
            .toList();
    assertThat(roles)
        .containsExactlyInAnyOrder(
            "controller",
            "learner",
            "people",
            "reward-learner",
            "reward-service",
            "rollout-worker");
    for (String kind : List.of("Service", "PodDisruptionBudget")) {
      assertThat(
              objects.stream()
                  .filter(object -> object.path("kind").asText().equals(kind))
                  .map(HelmChartTest::component))
          .as(kind)
          .containsExactlyInAnyOrderElementsOf(roles);
    }
    List<JsonNode> policies =
        objects.stream()
            .filter(object -> object.path("kind").asText().equals("NetworkPolicy"))
            .filter(object -> component(object).equals("network"))
            .filter(object -> object.path("spec").path("podSelector").has("matchExpressions"))
            .toList();
    assertThat(policies).hasSize(3);
    for (JsonNode policy : policies) {
      List<String> selected = new ArrayList<>();
      policy
          .path("spec")
          .path("podSelector")
          .path("matchExpressions")
          .path(0)
          .path("values")
          .forEach(value -> selected.add(value.asText()));
      assertThat(selected).containsExactlyInAnyOrderElementsOf(roles);
    }
  }

  @Test
  void workersAreScaledOnTheGroupAndTopicThatTheyHave() throws IOException {
    int scaled = 0;
    for (Path file : rendered()) {
      List<JsonNode> objects = objects(file);
      for (JsonNode object : objects) {
        if (object.path("kind").asText().equals("ScaledObject")) {
          JsonNode worker = named(objects, object.path("spec").path("scaleTargetRef"));
          RlhfConfiguration configuration =
              load(configurationOf(worker, objects), containers(worker).get(0));
          String prefix = configuration.connection().topicPrefix();
          JsonNode trigger = object.path("spec").path("triggers").path(0).path("metadata");
          assertThat(trigger.path("topic").asText())
              .isEqualTo(new Topics(prefix, 1).rolloutRequests().name());
          assertThat(trigger.path("consumerGroup").asText()).isEqualTo(prefix + "rollout-workers");
          assertThat(trigger.path("bootstrapServers").asText())
              .isEqualTo(configuration.connection().bootstrapServers());
          assertThat(object.path("spec").path("maxReplicaCount").asInt())
              .isLessThanOrEqualTo(configuration.topics().partitions());
          assertThat(worker.path("spec").has("replicas")).isFalse();
          scaled++;
        }
      }
    }
    assertThat(scaled).isGreaterThanOrEqualTo(2);
  }

  @Test
  void noContainerCanDoMoreThanItsWork() throws IOException {
    for (Path file : rendered()) {
      List<JsonNode> objects = objects(file);
      assertThat(objects).noneMatch(object -> object.path("kind").asText().equals("Secret"));
      for (JsonNode object : objects) {
        JsonNode pod = podOf(object);
        if (pod.isMissingNode()) {
          continue;
        }
        String where = object.path("metadata").path("name").asText() + " of " + file.getFileName();
        assertThat(pod.path("automountServiceAccountToken").asText()).as(where).isEqualTo("false");
        assertThat(pod.path("enableServiceLinks").asText()).as(where).isEqualTo("false");
        for (JsonNode container : allContainers(pod)) {
          JsonNode security = container.path("securityContext");
          assertThat(security.path("runAsNonRoot").asBoolean()).as(where).isTrue();
          assertThat(security.path("runAsUser").asInt()).as(where).isEqualTo(10001);
          assertThat(security.path("readOnlyRootFilesystem").asBoolean()).as(where).isTrue();
          assertThat(security.path("allowPrivilegeEscalation").asText())
              .as(where)
              .isEqualTo("false");
          assertThat(security.path("capabilities").path("drop").path(0).asText())
              .as(where)
              .isEqualTo("ALL");
          assertThat(security.path("seccompProfile").path("type").asText())
              .as(where)
              .isEqualTo("RuntimeDefault");
          assertThat(container.path("resources").path("limits").has("memory")).as(where).isTrue();
        }
      }
    }
  }

  private static List<Path> rendered() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> rendered =
          files.filter(file -> file.getFileName().toString().endsWith(".yaml")).sorted().toList();
      assertThat(rendered).as(said).hasSizeGreaterThanOrEqualTo(4);
      return rendered;
    }
  }

  private static List<JsonNode> objects(Path file) throws IOException {
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(file.toFile())) {
      return documents.readAll().stream().filter(JsonNode::isObject).toList();
    }
  }

  private static JsonNode podOf(JsonNode object) {
    return object.path("spec").path("template").path("spec");
  }

  /** Those that run a role or a command of ours. */
  private static List<JsonNode> containers(JsonNode object) {
    List<JsonNode> containers = new ArrayList<>();
    podOf(object).path("containers").forEach(containers::add);
    return containers;
  }

  private static List<JsonNode> allContainers(JsonNode pod) {
    List<JsonNode> containers = new ArrayList<>();
    pod.path("initContainers").forEach(containers::add);
    pod.path("containers").forEach(containers::add);
    return containers;
  }

  private static String component(JsonNode object) {
    return object.path("metadata").path("labels").path("app.kubernetes.io/component").asText();
  }

  /** The Deployment or StatefulSet of a role. */
  private static JsonNode role(List<JsonNode> objects, String component) {
    return objects.stream()
        .filter(object -> component(object.path("spec").path("template")).equals(component))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode named(List<JsonNode> objects, JsonNode reference) {
    return objects.stream()
        .filter(
            object ->
                object.path("kind").equals(reference.path("kind"))
                    && object.path("metadata").path("name").equals(reference.path("name")))
        .findFirst()
        .orElseThrow();
  }

  /** The file that a pod sees at {@code --config}. */
  private static Path configurationOf(JsonNode object, List<JsonNode> objects) throws IOException {
    JsonNode reference = YAML.createObjectNode();
    for (JsonNode volume : podOf(object).path("volumes")) {
      if (volume.path("name").asText().equals("configuration")) {
        reference =
            YAML.createObjectNode()
                .put("kind", "ConfigMap")
                .put("name", volume.path("configMap").path("name").asText());
      }
    }
    Path file = Files.createTempFile(directory, "rlhf", ".configuration");
    Files.writeString(file, named(objects, reference).path("data").path("rlhf.yaml").asText());
    return file;
  }

  /** As the role in the container would load it; a secret's text is not known here. */
  private static RlhfConfiguration load(Path configuration, JsonNode container) {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode variable : container.path("env")) {
      environment.put(
          variable.path("name").asText(), variable.path("value").asText("from a secret"));
    }
    return ConfigurationLoader.load(Optional.of(configuration), environment, Map.of());
  }
}
