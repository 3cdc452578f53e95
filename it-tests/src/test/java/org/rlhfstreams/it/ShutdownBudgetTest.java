package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Whoever runs a role gives it longer to end than it takes at most. */
final class ShutdownBudgetTest {
  /** From the end of the budget to the end of the process. */
  private static final Duration EXIT = Duration.ofSeconds(5);

  private static final Map<String, Role> OF_THE_CHART =
      Map.of(
          "learner", Role.LEARNER,
          "rewardLearner", Role.LEARNER,
          "controller", Role.CONTROLLER,
          "people", Role.PEOPLE,
          "rewardService", Role.REWARD_SERVICE,
          "rolloutWorker", Role.ROLLOUT_WORKER,
          "evaluationWorker", Role.ROLLOUT_WORKER);

  private static Map<?, ?> yaml(String... path) throws IOException {
    Path file = Repository.root();
    for (String name : path) {
      file = file.resolve(name);
    }
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
  }

  private static void assertLongEnough(String where, Duration given, Role role) {
    assertThat(given).as(where).isGreaterThanOrEqualTo(ShutdownBudget.of(role).plus(EXIT));
  }

  @Test
  void theChartGivesEachRoleItsTime() throws IOException {
    Map<?, ?> values = yaml("helm", "rlhf-streams", "values.yaml");
    OF_THE_CHART.forEach(
        (key, role) -> {
          Object seconds = ((Map<?, ?>) values.get(key)).get("terminationGracePeriodSeconds");
          assertLongEnough(key, Duration.ofSeconds((Integer) seconds), role);
        });
  }

  @Test
  void composeGivesEachRoleItsTime() throws IOException {
    Map<?, ?> services = (Map<?, ?>) yaml("docker-compose.yml").get("services");
    Set<Role> seen = EnumSet.noneOf(Role.class);
    services.forEach(
        (name, service) ->
            role((Map<?, ?>) service)
                .ifPresent(
                    role -> {
                      seen.add(role);
                      Object period = ((Map<?, ?>) service).get("stop_grace_period");
                      assertThat(period).as("stop_grace_period of %s", name).isNotNull();
                      assertLongEnough(String.valueOf(name), Duration.parse("PT" + period), role);
                    }));
    assertThat(seen).contains(Role.LEARNER, Role.REWARD_SERVICE, Role.ROLLOUT_WORKER);
  }

  private static Optional<Role> role(Map<?, ?> service) {
    return service.get("command") instanceof List<?> command
        ? Arrays.stream(Role.values())
            .filter(role -> role.text().equals(command.get(0)))
            .findFirst()
        : Optional.empty();
  }
}
