package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.data.PromptFile;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.PromptImport;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes the prompts of a file. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Publishes the prompts of a file.")
public final class PromptsImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Parameters(
      paramLabel = "FILE",
      description = "JSONL with prompt strings, or text with a prompt a line; .gz too.")
  private Path file;

  @Override
  public Integer call() {
    List<Prompt> prompts = new PromptFile(file).read();
    KafkaConnection connection = Cluster.connect(options.load(Map.of()), System.out::println);
    PromptImport.publish(connection, prompts);
    System.out.printf("published %,d prompts of %s%n", prompts.size(), file);
    return 0;
  }
}
