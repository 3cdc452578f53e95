package org.rlhfstreams.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.rlhfstreams.common.terminal.LineProgress;
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionListener;
import org.rlhfstreams.model.completion.CompletionRequest;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.TextGenerator;

/**
 * Samples responses to prompts, many side by side. A response's random draws follow from the seed
 * and its place alone, so two models get the same draws, and the same model writes the same text.
 */
final class ResponseSampler {
  private final ResponseSampling sampling;
  private final int samples;
  private final int slots;

  /**
   * @param samples responses to each prompt
   * @param slots responses written side by side
   */
  ResponseSampler(ResponseSampling sampling, int samples, int slots) {
    this.sampling = sampling;
    this.samples = samples;
    this.slots = slots;
  }

  /**
   * Samples all.
   *
   * @param name of the model, for messages
   * @return in the prompts' order, a prompt's samples together, [prompts * samples]
   * @throws org.rlhfstreams.common.ExplainedException naming prompts that cannot be continued
   */
  List<SampledResponse> sample(LanguageModel model, String name, List<EvaluationPrompt> prompts) {
    List<int[]> encoded = EvaluationPrompts.encode(prompts, model);
    SampledResponse[] responses = new SampledResponse[prompts.size() * samples];
    LineProgress progress =
        new LineProgress("evaluate: " + name, "responses", OptionalInt.of(responses.length));
    int finished = 0;
    try (TextGenerator generator = model.textGenerator(slots)) {
      for (int i = 0; i < responses.length; i++) {
        generator.submit(
            new CompletionRequest(
                String.valueOf(i),
                prompts.get(i / samples).prompt(),
                sampling.at(i),
                sampling.stop(),
                CompletionListener.NONE),
            encoded.get(i / samples));
      }
      while (!generator.idle()) {
        for (Completion completion : generator.step()) {
          responses[Integer.parseInt(completion.request().id())] = response(completion, model);
          finished++;
        }
        progress.done(finished, generator.tokensDrawn());
      }
      progress.finished(finished, generator.tokensDrawn());
    }
    return Arrays.asList(responses);
  }

  private static SampledResponse response(Completion completion, LanguageModel model) {
    return new SampledResponse(
        completion.promptTokenIds(),
        completion.tokenIds(),
        completion.wholeLogProbabilities(),
        model.tokenizer().decode(completion.promptTokenIds(), true),
        completion.text());
  }
}
