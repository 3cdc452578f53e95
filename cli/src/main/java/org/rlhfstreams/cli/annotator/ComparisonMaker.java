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
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.completion.CompletionRequest;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.TextGenerator;
import org.rlhfstreams.model.generation.Sampling;

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
    try (LanguageModel model = LanguageModel.open(modelDirectory);
        TextGenerator generator = model.textGenerator(SLOTS)) {
      for (int from = 0; from < prompts.size(); from += PROMPTS_AT_ONCE) {
        int until = Math.min(prompts.size(), from + PROMPTS_AT_ONCE);
        compare(prompts.subList(from, until), from, generator).forEach(consumer);
      }
    }
  }

  private List<Comparison> compare(List<String> prompts, int first, TextGenerator generator) {
    for (int i = 0; i < prompts.size(); i++) {
      for (int side = 0; side < 2; side++) {
        long sampleSeed = seed * 1_000_000_007L + 2L * (first + i) + side;
        generator.submit(
            new CompletionRequest(
                i + "/" + side,
                CompletionPrompt.of(prompts.get(i)),
                new Sampling(temperature, 0, 1, maxNewTokens, sampleSeed)));
      }
    }
    Map<String, Completion> finished = new HashMap<>();
    generator.drain(completion -> finished.put(completion.request().id(), completion));
    List<Comparison> comparisons = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      comparisons.add(
          Comparison.newBuilder()
              .setComparisonId("synthetic-" + (first + i))
              .setPromptId("prompt-" + (first + i))
              .setPromptText(prompts.get(i))
              .setFirst(response(finished.get(i + "/0"), first + i))
              .setSecond(response(finished.get(i + "/1"), first + i))
              .setReason("two samples of " + modelDirectory.getFileName())
              .setCreatedAt(Instant.now())
              .build());
    }
    return comparisons;
  }

  private static ComparedResponse response(Completion completion, int prompt) {
    return ComparedResponse.newBuilder()
        .setRolloutId("prompt-" + prompt + "/" + completion.request().id())
        .setText(completion.text())
        .setTokenIds(Arrays.stream(completion.tokenIds()).boxed().toList())
        .setVersion(new WeightVersion(0, 0L))
        .build();
  }
}
