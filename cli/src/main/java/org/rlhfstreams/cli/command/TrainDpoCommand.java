package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.options.PairOptions;
import org.rlhfstreams.cli.run.OfflineTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Direct preference optimisation. */
@Command(
    name = "dpo",
    mixinStandardHelpOptions = true,
    description = "Direct preference optimisation on pairs, against a reference.")
public final class TrainDpoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;
  @Mixin private OfflineOptions options;
  @Mixin private PairOptions pairs;

  @Override
  public Integer call() {
    return new OfflineTraining(options, configuration, pairs.settings("dpo", options.startModel()))
        .run();
  }
}
