package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.DataOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.cli.run.ImportCounts;
import org.rlhfstreams.cli.run.PromptImport;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes the prompts of a file. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Checks files and publishes the prompts that the topic does not have.")
public final class PromptsImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.PROMPTS);
  @Mixin private DataOptions reading;

  @Option(
      names = "--held-out",
      description =
          "They measure versions of the policy every learner.evaluate-every steps, and nothing is"
              + " learned from them.")
  private boolean heldOut;

  @SuppressWarnings("unused") // containers of earlier releases give it
  @Option(
      names = "--once",
      description = "Needed no more: every import publishes only what is missing.")
  private boolean once;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = DataPaths.PROMPTS_HELP + " Without any: the demo's openings of stories.")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    RlhfConfiguration configuration = options.load();
    PromptImport.Source prompts = DemoSettings.prompts()::forEach;
    if (!files.isEmpty()) {
      PromptDataset data = reading.prompts(files).requiring(configuration.admission().metadata());
      PromptImport.check(data, reading.strict());
      prompts = heldOut ? data.heldOut()::forEach : data::forEach;
    } else if (heldOut) {
      throw new ConfigurationException("--held-out is for the prompts of files: name them");
    }
    KafkaConnection connection = Cluster.connect(configuration, Role.SETUP, System.out::println);
    ImportCounts counts =
        heldOut
            ? PromptImport.publishHeldOut(connection, prompts)
            : PromptImport.publish(connection, prompts);
    System.out.println(
        counts.text(
            "prompts of " + (files.isEmpty() ? "the demo" : String.join(" ", files)),
            connection.topics().prompts().name()));
    return 0;
  }
}
