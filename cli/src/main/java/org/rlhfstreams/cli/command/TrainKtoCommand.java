package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.options.PairOptions;
import org.rlhfstreams.cli.run.OfflineTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Kahneman-Tversky optimisation. */
@Command(
    name = "kto",
    mixinStandardHelpOptions = true,
    description =
        "Kahneman-Tversky optimisation on single labelled responses, or on pairs taken apart.")
public final class TrainKtoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;
  @Mixin private OfflineOptions options;
  @Mixin private PairOptions pairs;

  @Override
  public Integer call() {
    return new OfflineTraining(options, configuration, pairs.settings("kto", options.startModel()))
        .run();
  }
}
