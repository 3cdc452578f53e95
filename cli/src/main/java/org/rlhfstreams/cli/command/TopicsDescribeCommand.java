package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.TopicAdministrator.TopicState;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the topics. */
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Lists the topics with key, partitions and cleanup.")
public final class TopicsDescribeCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Override
  public Integer call() {
    RlhfConfiguration configuration = options.load();
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
