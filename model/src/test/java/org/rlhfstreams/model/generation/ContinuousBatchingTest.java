package org.rlhfstreams.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;

/** What a request gets does not depend on which others run beside it, nor on when it enters. */
@Tag("slow")
final class ContinuousBatchingTest {
  private static final int REQUESTS = 200;

  @ParameterizedTest
  @CsvSource({
    "llama-untied-headdim, FLOAT32",
    "llama-untied-headdim, BFLOAT16",
    "gpt2, FLOAT32",
    "qwen2-sliding, BFLOAT16"
  })
  void tokensAreTheSameInBatchesOfAnySize(String name, ComputeType type) {
    ModelDirectory model = ModelDirectory.open(Goldens.model(name));
    try (Decoder decoder = new Decoder(model.configuration(), type);
        PackedWeights weights = PackedWeights.taking(decoder, Weights.read(model, type))) {
      List<GenerationRequest> requests = requests(model.configuration().vocabularySize());
      Map<String, Generation> alone = run(decoder, weights, requests, 1, 1 << 20);
      for (int slots : new int[] {7, 64}) {
        assertSame(alone, run(decoder, weights, requests, slots, 1 << 20));
      }
      long tight = 6 * KeyValueCache.bytesPerToken(decoder) * 64;
      assertSame(alone, run(decoder, weights, requests, 64, tight));
    }
  }

  private static List<GenerationRequest> requests(int vocabulary) {
    SplittableRandom random = new SplittableRandom(9);
    List<GenerationRequest> requests = new ArrayList<>();
    int[] prompt = {5};
    for (int i = 0; i < REQUESTS; i++) {
      if (i % 3 != 1) { // a third of the requests share the prompt of the one before
        prompt = random.ints(1 + random.nextInt(20), 3, vocabulary).toArray();
      }
      int tokens = 1 + random.nextInt(24);
      Sampling sampling =
          switch (i % 5) {
            case 0 -> new Sampling(1, 0, 1, tokens, i);
            case 1 -> new Sampling(0.7, 0, 0.9, tokens, i);
            case 2 -> new Sampling(1.3, 12, 1, tokens, i);
            case 3 -> new Sampling(0, 0, 1, tokens, i);
            default -> new Sampling(0.9, 0, 1, 0.05, 1.2, Math.min(3, tokens), tokens, i);
          };
      requests.add(new GenerationRequest("request " + i, prompt, sampling));
    }
    return requests;
  }

  private static Map<String, Generation> run(
      Decoder decoder,
      PackedWeights weights,
      List<GenerationRequest> requests,
      int slots,
      long cacheBytes) {
    Map<String, Generation> finished = new HashMap<>();
    try (Generator generator =
        new Generator(
            decoder, weights, 0, new GeneratorSettings(slots, 64, cacheBytes, Set.of(2)))) {
      requests.forEach(generator::submit);
      while (!generator.idle()) {
        generator.step().forEach(row -> finished.put(row.request().id(), row));
      }
    }
    assertThat(finished).hasSize(REQUESTS);
    return finished;
  }

  private static void assertSame(Map<String, Generation> alone, Map<String, Generation> among) {
    alone.forEach(
        (id, row) -> {
          assertThat(among.get(id).tokenIds()).as(id).isEqualTo(row.tokenIds());
          assertThat(among.get(id).logProbabilities()).as(id).isEqualTo(row.logProbabilities());
          assertThat(among.get(id).finishReason()).as(id).isEqualTo(row.finishReason());
        });
  }
}
