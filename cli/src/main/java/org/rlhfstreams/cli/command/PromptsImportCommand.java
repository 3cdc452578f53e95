package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.cli.run.ImportCounts;
import org.rlhfstreams.cli.run.PromptImport;
import org.rlhfstreams.datasets.PromptFile;
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
    description = "Publishes the prompts of a file that the topic does not have.")
public final class PromptsImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @SuppressWarnings("unused") // containers of earlier releases give it
  @Option(
      names = "--once",
      description = "Needed no more: every import publishes only what is missing.")
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
    Optional<PromptFile> prompts = Optional.ofNullable(file).map(PromptFile::new);
    prompts.ifPresent(PromptFile::check);
    KafkaConnection connection = Cluster.connect(options.load(), Role.SETUP, System.out::println);
    ImportCounts counts =
        PromptImport.publish(
            connection,
            prompts.isPresent() ? prompts.get()::forEach : DemoSettings.prompts()::forEach);
    System.out.println(
        counts.text(
            "prompts of " + (file == null ? "the demo" : file),
            connection.topics().prompts().name()));
    return 0;
  }
}
