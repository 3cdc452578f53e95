package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.text.Tokenizer;

/** Continues openings with a model, with the same random draws each time. */
final class StoryTeller {
  private StoryTeller() {}

  /** Continuations, one an opening. */
  static List<String> tell(Path path, List<String> openings, int maxNewTokens) {
    ModelDirectory model = ModelDirectory.open(path);
    try (Tokenizer tokenizer = Tokenizer.open(path, model.configuration());
        Decoder decoder = new Decoder(model.configuration());
        PackedWeights weights = PackedWeights.taking(decoder, Weights.read(model));
        Generator generator =
            new Generator(
                decoder,
                weights,
                0,
                new GeneratorSettings(
                    openings.size(),
                    model.configuration().maxPositions(),
                    model.configuration().endOfSequence()))) {
      for (int i = 0; i < openings.size(); i++) {
        generator.submit(
            new GenerationRequest(
                String.valueOf(i),
                tokenizer.encode(openings.get(i)),
                new Sampling(0.8, 0, 1, maxNewTokens, i)));
      }
      Map<String, String> told = new HashMap<>();
      while (!generator.idle()) {
        generator
            .step()
            .forEach(
                generation ->
                    told.put(
                        generation.request().id(), tokenizer.decode(generation.tokenIds(), true)));
      }
      return openings.stream().map(opening -> told.get("" + openings.indexOf(opening))).toList();
    }
  }
}
