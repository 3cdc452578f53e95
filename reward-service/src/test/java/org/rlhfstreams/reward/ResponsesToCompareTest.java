package org.rlhfstreams.reward;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** A judge that compares responses is refused at the start if there is one response to a prompt. */
final class ResponsesToCompareTest {
  private static RlhfConfiguration configuration(String samples, String mode) {
    Map<String, String> settings = new HashMap<>();
    settings.put("model.policy", Path.of("..", "models", "starter").toString());
    settings.put("reward-service.http-port", "0");
    settings.put("sampling.samples", samples);
    settings.put(
        "rewards.list",
        "[{name: verdict, scorer: judge, settings: {url: 'http://127.0.0.1:1/v1', model: any, mode:"
            + " %s}}]".formatted(mode));
    return RlhfConfiguration.of(settings);
  }

  @Test
  void aPairwiseJudgeNeedsTwoResponses() {
    assertThatThrownBy(() -> RewardService.require(configuration("1", "pairwise")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("rewards: verdict (scorer: judge, mode: pairwise)")
        .hasMessageContaining("sampling.samples = 1")
        .hasMessageContaining("set sampling.samples = 2 or more")
        .hasMessageContaining("mode: pointwise in the settings of verdict");
    assertThatCode(() -> RewardService.require(configuration("2", "pairwise")))
        .doesNotThrowAnyException();
    assertThatCode(() -> RewardService.require(configuration("1", "pointwise")))
        .doesNotThrowAnyException();
  }
}
