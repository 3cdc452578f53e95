package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OnlineOptions;
import org.rlhfstreams.cli.run.OnlineTraining;
import org.rlhfstreams.service.configuration.ObjectiveName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Direct preference optimisation on responses that the policy writes while it learns. */
@Command(
    name = "online-dpo",
    mixinStandardHelpOptions = true,
    description = "DPO on the policy's own responses to prompts, ranked by a reward model.")
public final class TrainOnlineDpoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;
  @Mixin private OnlineOptions prompts;

  @Override
  public Integer call() throws Exception {
    return new OnlineTraining(options, prompts, ObjectiveName.ONLINE_DPO).run();
  }
}
