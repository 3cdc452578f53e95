package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.CommandException;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Continues a prompt. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Continues a prompt with a model.")
public final class GenerateCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR", description = "Who answers.")
  private Path model;

  @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "To continue.")
  private String prompt;

  @Option(names = "--max-tokens", defaultValue = "100", description = "At most.")
  private int maxTokens;

  @Option(names = "--temperature", defaultValue = "1.0", description = "0 is greedy.")
  private double temperature;

  @Option(names = "--top-k", defaultValue = "0", description = "0 keeps all tokens.")
  private int topK;

  @Option(names = "--top-p", defaultValue = "1.0", description = "1 keeps all tokens.")
  private double topP;

  @Option(names = "--seed", defaultValue = "0", description = "Same seed, same text.")
  private long seed;

  @Override
  public Integer call() {
    ModelDirectory directory = ModelDirectory.open(model);
    if (directory.configuration().classifier()) {
      throw new CommandException(model + " is a reward model: it scores, it does not write");
    }
    try (Tokenizer tokenizer = Tokenizer.open(model, directory.configuration());
        Decoder decoder = new Decoder(directory.configuration());
        PackedWeights weights = PackedWeights.taking(decoder, Weights.read(directory));
        Generator generator =
            new Generator(
                decoder,
                weights,
                0,
                new GeneratorSettings(
                    1,
                    directory.configuration().maxPositions(),
                    directory.configuration().endOfSequence()))) {
      generator.submit(
          new GenerationRequest(
              "prompt",
              tokenizer.encode(prompt),
              new Sampling(temperature, topK, topP, maxTokens, seed)));
      while (!generator.idle()) {
        for (Generation generation : generator.step()) {
          System.out.println(prompt + tokenizer.decode(generation.tokenIds(), true));
        }
      }
      return 0;
    } catch (IllegalArgumentException e) {
      throw new CommandException(e.getMessage(), e);
    }
  }
}
