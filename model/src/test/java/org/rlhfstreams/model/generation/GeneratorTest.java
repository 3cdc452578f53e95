package org.rlhfstreams.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;

final class GeneratorTest {
  private static Decoder decoder;
  private static PackedWeights weights;

  @BeforeAll
  static void load() {
    ModelDirectory model = ModelDirectory.open(Goldens.model("llama-tied"));
    decoder = new Decoder(model.configuration());
    weights = PackedWeights.taking(decoder, Weights.read(model));
  }

  @AfterAll
  static void close() {
    weights.close();
    decoder.close();
  }

  private static Generator generator(int slots) {
    return new Generator(decoder, weights, 7, new GeneratorSettings(slots, 64, Set.of()));
  }

  private static Map<String, Generation> run(Generator generator) {
    Map<String, Generation> finished = new HashMap<>();
    while (!generator.idle()) {
      generator.step().forEach(row -> finished.put(row.request().id(), row));
    }
    return finished;
  }

  private static GenerationRequest request(String id, long seed, int... prompt) {
    return new GenerationRequest(id, prompt, new Sampling(0.9, 0, 1, 20, seed));
  }

  @Test
  void aSeedGivesTheSameTokensAloneAndAmongOthers() {
    Generation alone;
    try (Generator generator = generator(1)) {
      generator.submit(request("a", 42, 5, 9, 11));
      alone = run(generator).get("a");
    }
    try (Generator generator = generator(4)) {
      for (int i = 0; i < 5; i++) {
        generator.submit(request("other" + i, i, 3 + i, 4, 5, 6, 7 + i));
      }
      generator.submit(request("a", 42, 5, 9, 11));
      Generation among = run(generator).get("a");
      assertThat(among.tokenIds()).isEqualTo(alone.tokenIds());
    }
  }

  @Test
  void behaviorLogProbabilitiesAreThoseOfAForwardPass() {
    try (Generator generator = generator(2);
        InferenceModel inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
      generator.submit(request("a", 1, 5, 9, 11));
      generator.submit(request("b", 2, 5, 9));
      for (Generation row : run(generator).values()) {
        TokenRow whole = TokenRow.of(row.request().promptTokenIds(), row.tokenIds());
        float[] expected =
            inference.logProbabilities(weights, List.of(whole), new double[] {0.9})[0];
        for (int t = 0; t < expected.length; t++) {
          assertThat(row.logProbabilities()[t]).isCloseTo(expected[t], within(1e-4f));
        }
      }
    }
  }

  @Test
  void wholeLogProbabilitiesAreThoseOfAForwardPassWhateverCutsTheDistribution() {
    Map<String, Sampling> samplings =
        Map.of(
            "whole", new Sampling(0.9, 0, 1, 20, 1),
            "top-k", new Sampling(0.9, 3, 1, 20, 2),
            "top-p", new Sampling(1.3, 0, 0.3, 20, 3),
            "both", new Sampling(1, 4, 0.5, 20, 4),
            "penalty", new Sampling(0.7, 0, 1, 0, 1.5, 4, 20, 5));
    try (Generator generator = generator(4);
        InferenceModel inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
      samplings.forEach(
          (id, sampling) ->
              generator.submit(new GenerationRequest(id, new int[] {5, 9, 11}, sampling)));
      for (Generation row : run(generator).values()) {
        Sampling sampling = row.request().sampling();
        float[] expected =
            inference
                .logProbabilities(
                    weights,
                    List.of(TokenRow.of(row.request().promptTokenIds(), row.tokenIds())),
                    new double[] {sampling.temperature()})[0];
        assertThat(row.wholeLogProbabilities()).hasSameSizeAs(expected);
        double cut = 0;
        for (int t = 0; t < expected.length; t++) {
          assertThat(row.wholeLogProbabilities()[t])
              .as(row.request().id())
              .isCloseTo(expected[t], within(1e-4f));
          cut += row.logProbabilities()[t] - row.wholeLogProbabilities()[t];
        }
        if (!row.request().id().equals("whole")) {
          assertThat(Math.abs(cut)).as(row.request().id()).isGreaterThan(0.01);
        }
      }
    }
  }

  @Test
  void newWeightsTakeOverBetweenTwoTokensAndAreRecorded() {
    try (PackedWeights newer =
            PackedWeights.taking(
                decoder, Weights.read(ModelDirectory.open(Goldens.model("llama-tied"))));
        Generator generator = generator(1)) {
      generator.submit(request("a", 3, 5, 9, 11));
      for (int i = 0; i < 8; i++) {
        assertThat(generator.step()).isEmpty();
      }
      generator.swap(newer, 8);
      Generation row = run(generator).get("a");
      assertThat(row.segments())
          .containsExactly(new Generation.Segment(7, 0, 8), new Generation.Segment(8, 8, 12));
    }
  }

  @Test
  void anEndOfSequenceStopsARow() {
    List<Integer> drawn = new ArrayList<>();
    try (Generator generator = generator(1)) {
      generator.submit(request("a", 3, 5, 9, 11));
      for (int token : run(generator).get("a").tokenIds()) {
        drawn.add(token);
      }
    }
    int end = drawn.get(6);
    try (Generator generator =
        new Generator(decoder, weights, 0, new GeneratorSettings(1, 64, Set.of(end)))) {
      generator.submit(request("a", 3, 5, 9, 11));
      Generation row = run(generator).get("a");
      assertThat(row.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
      assertThat(row.tokenIds()).hasSize(drawn.indexOf(end) + 1);
      assertThat(row.tokenIds()[row.tokenIds().length - 1]).isEqualTo(end);
    }
  }

  @Test
  void aCancelledRowLeavesTheOthersAsTheyAreAlone() {
    Map<String, Generation> alone = new HashMap<>();
    for (String id : List.of("a", "c", "e")) {
      try (Generator generator = generator(1)) {
        generator.submit(request(id, id.hashCode(), 5, 9, id.charAt(0)));
        alone.putAll(run(generator));
      }
    }
    try (Generator generator = generator(3)) {
      for (String id : List.of("a", "b", "c", "d", "e")) {
        generator.submit(request(id, id.hashCode(), 5, 9, id.charAt(0)));
      }
      for (int i = 0; i < 6; i++) {
        assertThat(generator.step()).isEmpty();
      }
      assertThat(generator.cancel("b")).as("running").isTrue();
      assertThat(generator.cancel("d")).as("waiting").isTrue();
      assertThat(generator.cancel("b")).as("gone").isFalse();
      Map<String, Generation> rows = run(generator);
      assertThat(rows).containsOnlyKeys("a", "c", "e");
      rows.forEach(
          (id, row) -> assertThat(row.tokenIds()).as(id).isEqualTo(alone.get(id).tokenIds()));
    }
  }

  @Test
  void topKOneIsGreedy() {
    try (Generator generator = generator(2)) {
      generator.submit(new GenerationRequest("k", new int[] {5, 9}, new Sampling(1, 1, 1, 10, 99)));
      generator.submit(
          new GenerationRequest("greedy", new int[] {5, 9}, new Sampling(0, 0, 1, 10, 1)));
      Map<String, Generation> rows = run(generator);
      assertThat(rows.get("k").tokenIds()).isEqualTo(rows.get("greedy").tokenIds());
    }
  }

  @Test
  void promptsThatCannotBeAnsweredAreRefusedByName() {
    try (Generator generator = generator(1)) {
      assertThatThrownBy(() -> generator.submit(request("empty", 1)))
          .hasMessageContaining("request empty has an empty prompt");
      assertThatThrownBy(() -> generator.submit(request("long", 1, new int[64])))
          .hasMessageContaining("64 prompt tokens");
      assertThatThrownBy(() -> generator.submit(request("odd", 1, 5, 100_000)))
          .hasMessageContaining("token 100000, outside the vocabulary");
    }
  }
}
