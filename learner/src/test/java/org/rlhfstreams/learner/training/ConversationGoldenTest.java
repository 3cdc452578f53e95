package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlhfstreams.learner.assembly.ObjectiveBinding;
import org.rlhfstreams.learner.data.Demonstration;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** Conversations of several turns, and with tools: tokens, masks and steps are those of TRL. */
final class ConversationGoldenTest {
  private static final double RELATIVE = 1e-4;

  @TempDir private Path directory;

  static List<String> names() {
    return ConversationGolden.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void tokensAndStepsAreThoseOfTrl(String name) throws IOException {
    ConversationGolden golden = ConversationGolden.named(name, directory);
    RlhfConfiguration configuration = golden.configuration();
    follow(golden, configuration, golden.binding(configuration));
  }

  private static <E extends Example> void follow(
      ConversationGolden golden,
      RlhfConfiguration configuration,
      ObjectiveBinding.OfPreferences<E> binding)
      throws IOException {
    List<E> examples = golden.examples(binding);
    // TRL cuts demonstrations before it trains, and the others batch by batch.
    assertTokens(
        golden.golden().get("token_ids"),
        golden.objective().equals("sft") ? examples : golden.uncut(binding));
    int batchSize = golden.batchSize(examples.size());
    try (Trainer<E> trainer = binding.trainer().apply(golden.resources(configuration))) {
      int place = 0;
      for (JsonNode step : golden.golden().get("steps")) {
        int until = Math.min(examples.size(), place + batchSize);
        assertStep(trainer.step(new ArrayList<>(examples.subList(place, until)), 1), step);
        place = until == examples.size() ? 0 : until;
      }
    }
  }

  private static void assertTokens(JsonNode expected, List<? extends Example> examples) {
    assertThat(examples).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      JsonNode tokens = expected.get(i);
      Example example = examples.get(i);
      if (example instanceof PreferencePair pair) {
        assertRow(tokens.get("chosen"), pair.chosen());
        assertRow(tokens.get("rejected"), pair.rejected());
      } else if (example instanceof LabelledResponse response) {
        assertThat(response.desirable()).isEqualTo(tokens.get("label").asBoolean());
        assertRow(tokens, response.row());
      } else {
        Demonstration demonstration = (Demonstration) example;
        assertIds(tokens.get("ids"), demonstration.row());
        assertThat(learned(demonstration)).isEqualTo(learned(tokens.get("mask")));
      }
    }
  }

  /** A row of which all is learned from the response's first token on; of scores, any part. */
  private static void assertRow(JsonNode expected, TokenRow row) {
    if (expected.isArray()) {
      assertIds(expected, row);
      return;
    }
    assertIds(expected.get("ids"), row);
    assertThat(IntStream.range(row.responseStart(), row.tokenIds().length).boxed().toList())
        .isEqualTo(learned(expected.get("mask")));
  }

  private static void assertIds(JsonNode expected, TokenRow row) {
    List<Integer> ids = new ArrayList<>();
    expected.forEach(id -> ids.add(id.asInt()));
    assertThat(row.tokenIds()).containsExactly(ids.stream().mapToInt(id -> id).toArray());
  }

  /** Places of the tokens that count; nothing predicts the first of a sequence. */
  private static List<Integer> learned(JsonNode mask) {
    return IntStream.range(1, mask.size()).filter(t -> mask.get(t).asInt() == 1).boxed().toList();
  }

  private static List<Integer> learned(Demonstration demonstration) {
    return IntStream.range(0, demonstration.learned().length)
        .filter(t -> demonstration.learned()[t])
        .mapToObj(t -> demonstration.row().responseStart() + t)
        .toList();
  }

  /** All that TRL logs but what it says of raw logits, of sampled tokens and of prompts. */
  private static void assertStep(Map<String, Double> metrics, JsonNode step) {
    step.properties()
        .forEach(
            metric -> {
              String name = metric.getKey();
              boolean ours =
                  !name.startsWith("logits/")
                      && !name.equals("mean_token_accuracy")
                      && (!name.equals("entropy") || metrics.containsKey(name));
              if (ours) {
                double value = metric.getValue().asDouble();
                // A small difference of sums of log-probabilities, which float32 rounds.
                double least = name.equals("kl") ? 1e-4 : 2e-5;
                assertThat(metrics.get(name))
                    .as(name)
                    .isCloseTo(value, within(Math.max(least, Math.abs(value) * RELATIVE)));
              }
            });
  }
}
