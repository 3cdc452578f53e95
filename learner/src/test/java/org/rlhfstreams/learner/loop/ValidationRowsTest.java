package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

final class ValidationRowsTest {
  private static final int ROWS = 2000;

  private static LearnerConfiguration settings(String... keysAndValues) {
    Map<String, String> settings = new HashMap<>(Map.of("learner.objective", "kto"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      settings.put("learner." + keysAndValues[i], keysAndValues[i + 1]);
    }
    return RlhfConfiguration.of(settings).learner();
  }

  private static Preference preference(String id) {
    return Preference.newBuilder()
        .setPreferenceId(id)
        .setPrompt("prompt")
        .setChosen("chosen")
        .setSource("test")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private static ValidationRows<String> rows(LearnerConfiguration settings) {
    return new ValidationRows<>(
        preference ->
            List.of(preference.getPreferenceId() + "/1", preference.getPreferenceId() + "/2"),
        List.of(),
        settings);
  }

  private static List<String> learned(ValidationRows<String> rows) throws UnusableException {
    List<String> learned = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      learned.addAll(rows.convert(preference("row-" + i)));
    }
    return learned;
  }

  @Test
  void theShareIsHeldOutWithAllExamplesOfARow() throws UnusableException {
    List<String> learned = learned(rows(settings("validation-share", "0.1")));
    assertThat(learned.size() / 2).isBetween(1740, 1860);
    for (int i = 0; i < ROWS; i++) {
      assertThat(learned.contains("row-" + i + "/1"))
          .isEqualTo(learned.contains("row-" + i + "/2"));
    }
  }

  @Test
  void aRestartHoldsOutTheSameRowsAndAnotherSeedOthers() throws UnusableException {
    List<String> learned = learned(rows(settings("validation-share", "0.1", "seed", "3")));
    assertThat(learned(rows(settings("validation-share", "0.1", "seed", "3")))).isEqualTo(learned);
    assertThat(learned(rows(settings("validation-share", "0.1", "seed", "4"))))
        .isNotEqualTo(learned);
  }

  @Test
  void withoutAShareAllIsLearned() throws UnusableException {
    assertThat(learned(rows(settings()))).hasSize(2 * ROWS);
  }

  @Test
  void twoSourcesOfRowsAreRefused() {
    assertThatThrownBy(
            () ->
                new ValidationRows<>(
                    List::of, List.of(preference("given")), settings("validation-share", "0.1")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--validation and learner.validation-share");
  }

  @Test
  void evaluationsWithoutRowsAreRefused() {
    assertThatThrownBy(() -> rows(settings("evaluate-every", "10")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("learner.evaluate-every = 10")
        .hasMessageContaining("learner.validation-share");
  }
}
