package org.rlhfstreams.cli.annotator;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.text.Tokenizer;

/** Samples two responses to each prompt and makes comparisons of them. */
public final class ComparisonMaker {
  private static final int SLOTS = 48;
  private static final int PROMPTS_AT_ONCE = 240;

  private final Path modelDirectory;
  private final int maxNewTokens;
  private final double temperature;
  private final long seed;

  public ComparisonMaker(Path modelDirectory, int maxNewTokens, double temperature, long seed) {
    this.modelDirectory = modelDirectory;
    this.maxNewTokens = maxNewTokens;
    this.temperature = temperature;
    this.seed = seed;
  }

  /** Makes one comparison a prompt, in the prompts' order. */
  public void make(List<String> prompts, Consumer<Comparison> consumer) {
    ModelDirectory model = ModelDirectory.open(modelDirectory);
    try (Tokenizer tokenizer = Tokenizer.open(modelDirectory, model.configuration());
        Decoder decoder = new Decoder(model.configuration());
        PackedWeights weights = PackedWeights.taking(decoder, Weights.read(model));
        Generator generator =
            new Generator(
                decoder,
                weights,
                0,
                new GeneratorSettings(
                    SLOTS,
                    model.configuration().maxPositions(),
                    model.configuration().endOfSequence()))) {
      for (int from = 0; from < prompts.size(); from += PROMPTS_AT_ONCE) {
        int until = Math.min(prompts.size(), from + PROMPTS_AT_ONCE);
        for (Comparison comparison :
            compare(prompts.subList(from, until), from, tokenizer, generator)) {
          consumer.accept(comparison);
        }
      }
    }
  }

  private List<Comparison> compare(
      List<String> prompts, int first, Tokenizer tokenizer, Generator generator) {
    for (int i = 0; i < prompts.size(); i++) {
      int[] tokenIds = tokenizer.encode(prompts.get(i));
      for (int side = 0; side < 2; side++) {
        long sampleSeed = seed * 1_000_000_007L + 2L * (first + i) + side;
        generator.submit(
            new GenerationRequest(
                i + "/" + side,
                tokenIds,
                new Sampling(temperature, 0, 1, maxNewTokens, sampleSeed)));
      }
    }
    Map<String, Generation> finished = new HashMap<>();
    while (!generator.idle()) {
      generator.step().forEach(generation -> finished.put(generation.request().id(), generation));
    }
    List<Comparison> comparisons = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      comparisons.add(
          Comparison.newBuilder()
              .setComparisonId("synthetic-" + (first + i))
              .setPromptId("prompt-" + (first + i))
              .setPromptText(prompts.get(i))
              .setFirst(response(finished.get(i + "/0"), first + i, tokenizer))
              .setSecond(response(finished.get(i + "/1"), first + i, tokenizer))
              .setReason("two samples of " + modelDirectory.getFileName())
              .setCreatedAt(Instant.now())
              .build());
    }
    return comparisons;
  }

  private static ComparedResponse response(Generation generation, int prompt, Tokenizer tokenizer) {
    return ComparedResponse.newBuilder()
        .setRolloutId("prompt-" + prompt + "/" + generation.request().id())
        .setText(tokenizer.decode(generation.tokenIds(), true))
        .setTokenIds(Arrays.stream(generation.tokenIds()).boxed().toList())
        .setVersion(new WeightVersion(0, 0L))
        .build();
  }
}
