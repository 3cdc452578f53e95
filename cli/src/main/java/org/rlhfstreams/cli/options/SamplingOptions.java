package org.rlhfstreams.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.evaluation.ResponseSampling;
import org.rlhfstreams.model.generation.Sampling;
import picocli.CommandLine.Option;

/** How responses are drawn, and what ends them. */
public final class SamplingOptions {
  @Option(
      names = {"--max-new-tokens", "--max-tokens"},
      defaultValue = "100",
      paramLabel = "N",
      description = "Tokens of a response, at most.")
  private int maxNewTokens;

  @Option(
      names = "--min-new-tokens",
      defaultValue = "0",
      paramLabel = "N",
      description = "Tokens before which a response cannot end.")
  private int minNewTokens;

  @Option(
      names = "--temperature",
      defaultValue = "1.0",
      paramLabel = "X",
      description = "Sampling temperature; 0 is greedy.")
  private double temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      paramLabel = "N",
      description = "Only the N likeliest tokens; 0 keeps all.")
  private int topK;

  @Option(
      names = "--top-p",
      defaultValue = "1.0",
      paramLabel = "X",
      description = "Only the likeliest tokens that reach this probability; 1 keeps all.")
  private double topP;

  @Option(
      names = "--min-p",
      defaultValue = "0",
      paramLabel = "X",
      description = "Only tokens with this share of the likeliest one's probability; 0 keeps all.")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      defaultValue = "1.0",
      paramLabel = "X",
      description = "Above 1 makes tokens that were there already less likely.")
  private double repetitionPenalty;

  @Option(
      names = "--stop",
      paramLabel = "STR",
      description = "Text that ends a response, and is not part of it; may be repeated.")
  private List<String> stop = new ArrayList<>();

  @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Random seed.")
  private long seed;

  /**
   * How responses are drawn; call it before a model is opened, which may take a while.
   *
   * @throws CommandException if nothing can be drawn so
   */
  public ResponseSampling sampling() {
    Sampling settings;
    try {
      settings =
          new Sampling(
              temperature, topK, topP, minP, repetitionPenalty, minNewTokens, maxNewTokens, seed);
    } catch (IllegalArgumentException e) {
      throw new CommandException(e.getMessage(), e);
    }
    if (stop.contains("")) {
      throw new CommandException("--stop is empty: leave it out or give its text");
    }
    return new ResponseSampling(settings, stop);
  }
}
