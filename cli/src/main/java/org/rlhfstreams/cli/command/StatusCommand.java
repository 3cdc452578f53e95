package org.rlhfstreams.cli.command;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.TopicAdministrator.TopicState;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Where a run stands, by the log. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Where the run stands: records and lag by topic, group members, the newest step.")
public final class StatusCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Override
  public Integer call() throws Exception {
    KafkaConnection connection = new KafkaConnection(options.load());
    new BrokerWait(connection, System.out::println).await();
    try (Admin admin = connection.admin();
        KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      List<TopicState> states =
          new TopicAdministrator(admin, 1).describe(connection.topics().all());
      System.out.printf("%-26s %10s%n", "topic", "records");
      for (TopicState state : states) {
        System.out.printf(
            "%-26s %10s%n",
            state.topic().name(),
            state.exists() ? String.format(Locale.ROOT, "%,d", records(consumer, state)) : "-");
      }
      System.out.println();
      System.out.printf("%-26s %8s %8s%n", "group", "members", "lag");
      String prefix = connection.configuration().connection().topicPrefix();
      for (String group :
          List.of(GroupNames.ROLLOUT_WORKERS, GroupNames.REWARD_SERVICE, GroupNames.TOPOLOGIES)) {
        printGroup(admin, consumer, prefix + group);
      }
      for (String learner : groupsNamed(admin, prefix + GroupNames.LEARNERS)) {
        printGroup(admin, consumer, learner);
      }
      System.out.println();
      newestStep(connection)
          .ifPresentOrElse(
              metrics ->
                  System.out.printf(
                      Locale.ROOT,
                      "newest step %s: reward %.3f, KL %.3f%n",
                      WeightVersions.text(metrics.getVersion()),
                      metrics.getValues().getOrDefault("objective/scores", Double.NaN),
                      metrics.getValues().getOrDefault("objective/kl", Double.NaN)),
              () -> System.out.println("no step yet"));
    }
    return 0;
  }

  private static List<String> groupsNamed(Admin admin, String beginning) throws Exception {
    return admin.listGroups().all().get().stream()
        .map(GroupListing::groupId)
        .filter(group -> group.startsWith(beginning))
        .sorted()
        .toList();
  }

  private static Set<TopicPartition> partitions(TopicState state) {
    Set<TopicPartition> partitions = new HashSet<>();
    for (int i = 0; i < state.partitions(); i++) {
      partitions.add(new TopicPartition(state.topic().name(), i));
    }
    return partitions;
  }

  /** Offsets, of which transaction marks are some. */
  private static long records(KafkaConsumer<String, byte[]> consumer, TopicState state) {
    Set<TopicPartition> partitions = partitions(state);
    Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
    return consumer.endOffsets(partitions).entrySet().stream()
        .mapToLong(end -> end.getValue() - first.get(end.getKey()))
        .sum();
  }

  private static void printGroup(Admin admin, KafkaConsumer<String, byte[]> consumer, String group)
      throws InterruptedException {
    try {
      ConsumerGroupDescription description =
          admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
      Map<TopicPartition, OffsetAndMetadata> committed =
          new HashMap<>(
              admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
      committed.values().removeIf(offset -> offset == null);
      Map<TopicPartition, Long> ends = consumer.endOffsets(committed.keySet());
      long lag =
          committed.entrySet().stream()
              .mapToLong(entry -> ends.get(entry.getKey()) - entry.getValue().offset())
              .sum();
      System.out.printf("%-26s %8d %8d%n", group, description.members().size(), lag);
      description.members().stream()
          .sorted(Comparator.comparing(MemberDescription::clientId))
          .forEach(StatusCommand::printMember);
    } catch (ExecutionException e) {
      System.out.printf("%-26s %8s%n", group, "-");
    }
  }

  /** Its name, where it is, and which partitions of each topic it has. */
  private static void printMember(MemberDescription member) {
    Map<String, TreeSet<Integer>> partitions = new TreeMap<>();
    for (TopicPartition partition : member.assignment().topicPartitions()) {
      partitions
          .computeIfAbsent(partition.topic(), topic -> new TreeSet<>())
          .add(partition.partition());
    }
    String share =
        partitions.entrySet().stream()
            .map(topic -> topic.getKey() + " " + topic.getValue())
            .collect(Collectors.joining(", "));
    System.out.printf(
        "  %s at %s: %s%n", member.clientId(), member.host(), share.isEmpty() ? "idle" : share);
  }

  private static Optional<StepMetrics> newestStep(KafkaConnection connection) {
    TopicPartition partition = new TopicPartition(connection.topics().trainingMetrics().name(), 0);
    AtomicReference<StepMetrics> newest = new AtomicReference<>();
    try (TopicReader reader = TopicReader.of(connection, partition)) {
      long end = reader.ask(consumer -> consumer.endOffsets(List.of(partition)).get(partition));
      long oldest =
          reader.ask(consumer -> consumer.beginningOffsets(List.of(partition)).get(partition));
      // The last offset is the mark of the transaction that the last step left in.
      reader.seek(partition, Math.max(oldest, end - 4));
      reader.readTo(
          Map.of(partition, end),
          RecordHandler.decoding(
              connection.decoder(StepMetrics.class),
              (record, metrics) -> newest.set(metrics),
              (record, reason) -> {
                throw new CommandException(
                    String.format(
                        Locale.ROOT,
                        "%s, offset %d: %s",
                        record.topic(),
                        record.offset(),
                        reason.getMessage()),
                    reason);
              }));
    }
    return Optional.ofNullable(newest.get());
  }
}
