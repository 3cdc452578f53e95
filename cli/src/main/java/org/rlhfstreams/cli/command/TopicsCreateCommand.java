package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes the topics. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = "Creates what is missing and verifies the rest.")
public final class TopicsCreateCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.TOPICS);

  @Override
  public Integer call() {
    KafkaConnection connection = Cluster.connect(options.load(), Role.SETUP, System.out::println);
    System.out.printf("%d topics are in order%n", connection.topics().all().size());
    return 0;
  }
}
