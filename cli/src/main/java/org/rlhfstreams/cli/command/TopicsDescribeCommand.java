package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.TopicAdministrator.TopicState;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.Guarantee;
import org.rlhfstreams.service.log.LogGuarantees;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the topics. */
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the topics with key, partitions and cleanup,",
      "and whether the brokers guarantee what exactly-once needs."
    })
public final class TopicsDescribeCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.LOG);

  @Override
  public Integer call() {
    RlhfConfiguration configuration = options.load();
    KafkaConnection connection = new KafkaConnection(configuration);
    new BrokerWait(connection, System.out::println).await();
    List<TopicState> states;
    List<Guarantee> guarantees;
    try (Admin admin = connection.admin()) {
      states = new TopicAdministrator(admin, 1).describe(connection.topics().all());
      guarantees =
          new LogGuarantees(connection, admin)
              .read(states.stream().filter(TopicState::exists).map(TopicState::topic).toList());
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
    System.out.println();
    System.out.printf("%-26s %-32s %-12s %s%n", "guarantee of", "setting", "is", "");
    for (Guarantee guarantee : guarantees) {
      System.out.printf(
          "%-26s %-32s %-12s %s%n",
          guarantee.where(), guarantee.setting(), guarantee.actual(), remark(guarantee));
    }
    return 0;
  }

  private static String remark(Guarantee guarantee) {
    return switch (guarantee.state()) {
      case MET -> "met";
      case WEAK -> "weak, better " + guarantee.needed() + ": " + guarantee.remedy();
      case BROKEN -> "BROKEN, needs " + guarantee.needed() + ": " + guarantee.remedy();
    };
  }
}
