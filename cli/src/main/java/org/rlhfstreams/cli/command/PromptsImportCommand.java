package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.cli.run.PromptImport;
import org.rlhfstreams.datasets.PromptFile;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes the prompts of a file. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Publishes the prompts of a file.")
public final class PromptsImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Option(names = "--once", description = "Publish nothing where there are prompts already.")
  private boolean once;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description =
          "JSONL with prompt strings, or text with a prompt a line; .gz too. Without it the demo's"
              + " openings of stories.")
  private Path file;

  @Override
  public Integer call() {
    List<Prompt> prompts = file == null ? DemoSettings.prompts() : new PromptFile(file).read();
    KafkaConnection connection = Cluster.connect(options.load(), Role.SETUP, System.out::println);
    if (once && PromptImport.hasPrompts(connection)) {
      System.out.printf("%s has prompts already%n", connection.topics().prompts().name());
      return 0;
    }
    PromptImport.publish(connection, prompts);
    System.out.printf(
        "published %,d prompts of %s%n", prompts.size(), file == null ? "the demo" : file);
    return 0;
  }
}
