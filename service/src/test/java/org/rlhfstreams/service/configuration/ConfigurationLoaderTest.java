package org.rlhfstreams.service.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {
  @TempDir Path directory;

  @Test
  void laterLayersWin() throws IOException {
    Path file =
        yaml(
            """
            learner:
              learning-rate: 1e-3
              epochs: 2
              max-steps: 7
            """);

    RlhfConfiguration configuration =
        ConfigurationLoader.load(
            Optional.of(file),
            Map.of("RLHF_LEARNER_LEARNING_RATE", "2e-3", "RLHF_LEARNER_EPOCHS", "3", "PATH", "/"),
            Map.of("learner.learning-rate", "3e-3"));

    assertThat(configuration.learner().learningRate()).isEqualTo(3e-3);
    assertThat(configuration.learner().epochs()).hasValue(3);
    assertThat(configuration.learner().maxSteps()).isEqualTo(7);
    assertThat(configuration.ppo().lambda()).isEqualTo(0.95);
  }

  @Test
  void optionalSettingsAreEmptyUntilSet() {
    assertThat(RlhfConfiguration.of(Map.of()).ppo().adaptiveKlTarget()).isEmpty();
    RlhfConfiguration configuration =
        RlhfConfiguration.of(
            Map.of(
                "ppo.adaptive-kl-target", "6",
                "ppo.kl-estimator", "k3",
                "model.policy", "models/starter",
                "connection.start-timeout", "500ms"));
    assertThat(configuration.ppo().adaptiveKlTarget()).hasValue(6);
    assertThat(configuration.ppo().klEstimator()).isEqualTo(KlEstimator.K3);
    assertThat(configuration.model().referenceOrPolicy()).isEqualTo(Path.of("models/starter"));
    assertThat(configuration.connection().startTimeout()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void clientSettingsPassThroughFromEveryLayer() throws IOException {
    Path file =
        yaml(
            """
            kafka:
              security.protocol: SASL_SSL
              sasl:
                mechanism: PLAIN
            """);
    RlhfConfiguration configuration =
        ConfigurationLoader.load(
            Optional.of(file),
            Map.of("RLHF_SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO", "me:pw"),
            Map.of("kafka.linger.ms", "5"));
    assertThat(configuration.kafka())
        .containsOnly(
            Map.entry("security.protocol", "SASL_SSL"),
            Map.entry("sasl.mechanism", "PLAIN"),
            Map.entry("linger.ms", "5"));
    assertThat(configuration.schemaRegistry())
        .containsOnly(Map.entry("basic.auth.user.info", "me:pw"));
  }

  @Test
  void anUnknownKeyNamesItsLineAndTheNearestKey() throws IOException {
    Path file =
        yaml(
            """
            learner:
              epochs: 2
              learning_rate: 1e-3
            """);
    assertThatThrownBy(() -> ConfigurationLoader.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "unknown key learner.learning_rate (%s:3); nearest: learner.learning-rate", file);
  }

  @Test
  void anUnknownVariableOrFlagNamesTheNearest() {
    assertThatThrownBy(
            () ->
                ConfigurationLoader.load(
                    Optional.empty(),
                    Map.of("RLHF_LEARNER_LERNING_RATE", "1"),
                    Map.of("temprature", "1")))
        .hasMessage(
            """
            environment variable RLHF_LEARNER_LERNING_RATE names no setting; nearest: \
            RLHF_LEARNER_LEARNING_RATE (learner.learning-rate)
            unknown key temprature (flag --temprature); nearest: sampling.temperature""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sampling.temperature | 0 | a number in (0, inf)",
        "sampling.top-p | 1.1 | a number in (0, 1]",
        "sampling.top-p | NaN | a number in (0, 1]",
        "learner.batch-size | 1.5 | a whole number in [1, inf)",
        "learner.batch-size | 5000000000 | a whole number in [1, inf)",
        "ppo.decoupled | yes | true or false",
        "ppo.kl-estimator | k4 | one of k1, k2, k3",
        "connection.start-timeout | 1 minute | a duration such as 500ms, 60s, 5m or 1h",
      })
  void aValueThatDoesNotFitIsNamed(String key, String value, String expected) {
    assertThatThrownBy(() -> RlhfConfiguration.of(Map.of(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("%s = %s (flag --%s): expected %s", key, value, key, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "range.from | yesterday | expected beginning or end, offset:N, or a time such as",
        "range.until | offset:-1 | expected end or never, offset:N, or a time such as",
        "range.from | never | reading has to begin somewhere",
        "range.max-wait | 5s | is for range.until = never",
      })
  void aRangeThatIsNoneIsRefused(String key, String value, String expected) {
    assertThatThrownBy(() -> RlhfConfiguration.of(Map.of(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "learner.epochs, 2, no end to begin again at",
    "learner.schedule, linear, set learner.max-steps",
    "learner.validation-share, 0.1, holds rows out before the first step",
  })
  void whatNeedsAnEndIsRefusedWhereReadingGoesOnForEver(String key, String value, String why) {
    assertThatThrownBy(
            () ->
                RlhfConfiguration.of(
                    Map.of("learner.objective", "dpo", "range.until", "never", key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(why);
  }

  @Test
  void aWordOfTwoPartsMayHaveEitherStroke() {
    assertThat(RlhfConfiguration.of(Map.of("learner.truncation", "keep_end")).learner())
        .isEqualTo(RlhfConfiguration.of(Map.of("learner.truncation", "keep-end")).learner());
  }

  @Test
  void aKeyWithATypedNameOfItsOwnIsNotPassedThrough() {
    assertThatThrownBy(() -> RlhfConfiguration.of(Map.of("kafka.bootstrap.servers", "a:1")))
        .hasMessageContaining("use that key")
        .hasMessageContaining("connection.bootstrap-servers");
  }

  @Test
  void brokenYamlNamesTheLine() throws IOException {
    Path file = yaml("learner:\n  epochs: 2\n  epochs: 3\n");
    assertThatThrownBy(() -> ConfigurationLoader.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(file + ":3")
        .hasMessageContaining("Duplicate");
  }

  @Test
  void settingsThatContradictEachOtherAreRefused() {
    assertThatThrownBy(
            () -> RlhfConfiguration.of(Map.of("learner.batch-size", "10", "ppo.mini-batches", "4")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("learner.batch-size = 10");
    assertThatThrownBy(
            () ->
                RlhfConfiguration.of(
                    Map.of(
                        "learner.objective",
                        "reinforce-plus-plus",
                        "critic-free.dynamic-sampling",
                        "true")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("reinforce-plus-plus learns from single responses");
  }

  @Test
  void thePrintedFormLoadsAgainAndHidesSecrets() throws IOException {
    RlhfConfiguration configuration =
        RlhfConfiguration.of(
            Map.of(
                "ppo.dual-clip", "3",
                "sampling.max-new-tokens", "64",
                "weights.trusted-keys-file", "trusted-keys.pem",
                "schema-registry.bearer.auth.token", "hunter2",
                "kafka.sasl.jaas.config", "x password=hunter2;",
                "kafka.ssl.key.password", "hunter2",
                "schema-registry.basic.auth.user.info", "me:hunter2"));

    String printed = configuration.printed();

    assertThat(printed)
        .doesNotContain("hunter2")
        .contains("max-new-tokens: 64", "trusted-keys-file: trusted-keys.pem");
    assertThat(configuration).asString().doesNotContain("hunter2");
    RlhfConfiguration again =
        ConfigurationLoader.load(Optional.of(yaml(printed)), Map.of(), Map.of());
    assertThat(again.ppo()).isEqualTo(configuration.ppo());
    assertThat(again.learner()).isEqualTo(configuration.learner());
  }

  @Test
  void secretsAreRefusedWhereOthersSeeThem() throws IOException {
    assertThatThrownBy(
            () ->
                ConfigurationLoader.requireNoSecrets(
                    Map.of("kafka.sasl.jaas.config", "x password=hunter2;")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("RLHF_KAFKA_SASL_JAAS_CONFIG")
        .hasMessageNotContaining("hunter2");
    ConfigurationLoader.requireNoSecrets(
        Map.of(
            "kafka.sasl.jaas.config", "x password=${file:/run/secrets/kafka:password};",
            "kafka.ssl.keystore.location", "/run/secrets/keys.p12"));
    assertThatThrownBy(
            () ->
                RlhfConfiguration.of(
                    Map.of("connection.schema-registry-url", "http://me:hunter2@registry:8081")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("schema-registry.basic.auth.user.info")
        .hasMessageNotContaining("hunter2");
    Path file = yaml("kafka:\n  ssl.key.password: hunter2\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(ExposedFile.isExposed(file)).isTrue();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(ExposedFile.isExposed(file)).isFalse();
  }

  private Path yaml(String text) throws IOException {
    return Files.writeString(directory.resolve("rlhf.yaml"), text);
  }
}
