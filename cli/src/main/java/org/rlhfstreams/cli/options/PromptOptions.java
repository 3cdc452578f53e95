package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.evaluation.PromptSet;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What models are measured on by what they write. */
public final class PromptOptions {
  @Option(
      names = "--prompts",
      required = true,
      paramLabel = "FILE",
      description = "Rows with prompt, messages or ids. " + DataPaths.KINDS_HELP)
  private Path prompts;

  @Option(
      names = "--chat",
      description = "A prompt is a user's message, and the model's chat template is around it.")
  private boolean chat;

  @Option(
      names = "--samples",
      defaultValue = "1",
      paramLabel = "N",
      description = "Responses to each prompt.")
  private int samples;

  @Option(
      names = "--batch-size",
      defaultValue = "48",
      paramLabel = "N",
      description = "Responses written side by side.")
  private int batchSize;

  @Mixin private SamplingOptions sampling;

  /**
   * The prompts; call it before a model is opened, which may take a while.
   *
   * @throws ConfigurationException naming what is out of range
   * @throws org.rlhfstreams.cli.CommandException if nothing can be drawn so
   */
  public PromptSet prompts() {
    requirePositive("--samples", samples);
    requirePositive("--batch-size", batchSize);
    return new PromptSet(prompts, chat, samples, batchSize, sampling.sampling());
  }

  private static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new ConfigurationException(option + " = " + value + ": expected 1 or more");
    }
  }
}
