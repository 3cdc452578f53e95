package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.completion.CompletionRequest;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.TextGenerator;
import org.rlhfstreams.model.generation.Sampling;

/** Continues openings with a model, with the same random draws each time. */
final class StoryTeller {
  private StoryTeller() {}

  /** Continuations, one an opening. */
  static List<String> tell(Path path, List<String> openings, int maxNewTokens) {
    try (LanguageModel model = LanguageModel.open(path);
        TextGenerator generator = model.textGenerator(openings.size())) {
      for (int i = 0; i < openings.size(); i++) {
        generator.submit(
            new CompletionRequest(
                String.valueOf(i),
                CompletionPrompt.of(openings.get(i)),
                new Sampling(0.8, 0, 1, maxNewTokens, i)));
      }
      String[] told = new String[openings.size()];
      generator.drain(
          completion -> told[Integer.parseInt(completion.request().id())] = completion.text());
      return Arrays.asList(told);
    }
  }
}
