package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.TopicAdministrator.TopicState;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The topics. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "Creates or describes the topics and their schemas.")
public final class TopicsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say topics create or topics describe");
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Creates what is missing and verifies the rest.")
  int create(@Mixin ConfigurationOptions options) {
    RlhfConfiguration configuration = options.load(Map.of());
    KafkaConnection connection = Cluster.connect(configuration, System.out::println);
    System.out.printf("%d topics are in order%n", connection.topics().all().size());
    return 0;
  }

  @Command(
      name = "describe",
      mixinStandardHelpOptions = true,
      description = "Lists the topics with partitions, cleanup and retention.")
  int describe(@Mixin ConfigurationOptions options) {
    RlhfConfiguration configuration = options.load(Map.of());
    KafkaConnection connection = new KafkaConnection(configuration);
    new BrokerWait(connection, System.out::println).await();
    List<TopicState> states;
    try (Admin admin = connection.admin()) {
      states = new TopicAdministrator(admin, 1).describe(connection.topics().all());
    }
    System.out.printf("%-26s %-16s %10s  %-8s %s%n", "topic", "key", "partitions", "cleanup", "");
    for (TopicState state : states) {
      System.out.printf(
          "%-26s %-16s %10s  %-8s %s%n",
          state.topic().name(),
          state.topic().key(),
          state.exists() ? state.partitions() : "-",
          state.settings().getOrDefault("cleanup.policy", ""),
          state.exists() ? "" : "does not exist: rlhf topics create makes it");
    }
    return 0;
  }
}
