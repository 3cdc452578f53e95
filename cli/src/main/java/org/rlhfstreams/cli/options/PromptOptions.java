package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What models are measured on by what they write. */
public final class PromptOptions {
  @Option(
      names = "--prompts",
      required = true,
      paramLabel = "FILE",
      description = "JSONL with prompt, messages or ids, or plain text, a prompt a line; .gz too.")
  private Path prompts;

  @Option(
      names = "--chat",
      description = "A prompt is a user's message, and the model's chat template is around it.")
  private boolean chat;

  @Option(
      names = "--samples",
      defaultValue = "1",
      paramLabel = "N",
      description = "Responses to each prompt. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--batch-size",
      defaultValue = "48",
      paramLabel = "N",
      description = "Responses written side by side. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Mixin private SamplingOptions sampling;

  /**
   * Refuses settings before a model is opened, which may take a while.
   *
   * @throws ConfigurationException naming what is out of range
   * @throws org.rlhfstreams.cli.CommandException where nothing can be drawn so
   */
  public void check() {
    requirePositive("--samples", samples);
    requirePositive("--batch-size", batchSize);
    sampling.check();
  }

  private static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new ConfigurationException(option + " = " + value + ": expected 1 or more");
    }
  }

  /** Where the prompts are. */
  public Path prompts() {
    return prompts;
  }

  /** Whether prompts are users' messages. */
  public boolean chat() {
    return chat;
  }

  /** Responses to each prompt. */
  public int samples() {
    return samples;
  }

  /** Responses written side by side. */
  public int batchSize() {
    return batchSize;
  }

  /** How responses are drawn. */
  public SamplingOptions sampling() {
    return sampling;
  }
}
