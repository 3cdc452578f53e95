package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.options.PairOptions;
import org.rlhfstreams.cli.run.OfflineTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Odds-ratio preference optimisation. */
@Command(
    name = "orpo",
    mixinStandardHelpOptions = true,
    description = "Odds-ratio preference optimisation on pairs, without a reference.")
public final class TrainOrpoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;
  @Mixin private OfflineOptions options;
  @Mixin private PairOptions pairs;

  @Override
  public Integer call() {
    return new OfflineTraining(options, configuration, pairs.settings("orpo", options.startModel()))
        .run();
  }
}
