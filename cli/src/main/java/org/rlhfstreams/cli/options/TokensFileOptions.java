package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the tokens of people and applications are. */
public final class TokensFileOptions {
  @Mixin
  private ConfigurationOptions configuration = new ConfigurationOptions(CommandSettings.TOKENS);

  @Option(
      names = "--tokens-file",
      paramLabel = "FILE",
      description = "The file; people.tokens-file where it is configured.")
  private Path file;

  /**
   * The file, which need not be there yet.
   *
   * @throws ConfigurationException where it is neither said nor configured
   */
  public Path file() {
    if (file != null) {
      return file;
    }
    return configuration
        .load()
        .people()
        .tokensFile()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "which tokens file? say --tokens-file FILE, or set people.tokens-file"));
  }
}
