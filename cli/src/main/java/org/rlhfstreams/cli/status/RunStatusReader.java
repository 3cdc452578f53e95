package org.rlhfstreams.cli.status;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.cli.status.RunStatus.GroupState;
import org.rlhfstreams.cli.status.RunStatus.Lag;
import org.rlhfstreams.cli.status.RunStatus.Member;
import org.rlhfstreams.cli.status.RunStatus.Pause;
import org.rlhfstreams.cli.status.RunStatus.TopicState;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordCounts;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/** Reads a run's status from its log, and changes nothing. */
public final class RunStatusReader implements AutoCloseable {
  /** Offsets behind the newest record: markers, and a transaction's other records. */
  private static final long LAST_OFFSETS = 8;

  /** Who waits has to know whether much is ahead, soon. */
  private static final long COUNTED_WAITS = 1000;

  private final KafkaConnection connection;
  private final Topics topics;
  private final String prefix;
  private final Admin admin;
  private final RecordCounts counts;

  /** Counts exactly. */
  public RunStatusReader(KafkaConnection connection) {
    this(connection, Long.MAX_VALUE);
  }

  /** Reads no more than what tells what a run waits for; large figures are about right. */
  static RunStatusReader ofWaits(KafkaConnection connection) {
    return new RunStatusReader(connection, COUNTED_WAITS);
  }

  private RunStatusReader(KafkaConnection connection, long counted) {
    this.connection = connection;
    this.topics = connection.topics();
    this.prefix = connection.configuration().connection().topicPrefix();
    this.admin = connection.admin();
    this.counts = new RecordCounts(connection::bulkConsumer, counted);
  }

  /**
   * Reads all of it. Every record of topics without weights is counted.
   *
   * @throws ExecutionException if the broker does not answer
   */
  public RunStatus read() throws ExecutionException, InterruptedException {
    List<TopicAdministrator.TopicState> states =
        new TopicAdministrator(admin, 1).describe(topics.all());
    List<TopicState> found = new ArrayList<>();
    for (TopicAdministrator.TopicState state : states) {
      found.add(topic(state));
    }
    Set<String> existing =
        states.stream()
            .filter(TopicAdministrator.TopicState::exists)
            .map(state -> state.topic().name())
            .collect(Collectors.toSet());
    return new RunStatus(
        found,
        groups(),
        existing.contains(topics.controls().name()) ? pause() : Optional.empty(),
        newestStep(existing));
  }

  /**
   * Only what tells what a run waits for: groups, the pause and whether there are prompts.
   *
   * @throws ExecutionException if the broker does not answer
   */
  RunStatus readWaits() throws ExecutionException, InterruptedException {
    List<TopicState> prompts = new ArrayList<>();
    for (TopicAdministrator.TopicState state :
        new TopicAdministrator(admin, 1).describe(List.of(topics.prompts()))) {
      prompts.add(topic(state));
    }
    return new RunStatus(prompts, groups(), pause(), Optional.empty());
  }

  private TopicState topic(TopicAdministrator.TopicState state)
      throws ExecutionException, InterruptedException {
    String name = state.topic().name();
    if (!state.exists()) {
      return new TopicState(name, OptionalLong.empty(), Optional.empty());
    }
    if (state.topic().equals(topics.policyWeights())
        || state.topic().equals(topics.rewardWeights())) {
      return new TopicState(name, OptionalLong.empty(), newestVersion(state.topic()));
    }
    Set<TopicPartition> partitions = new HashSet<>();
    for (int i = 0; i < state.partitions(); i++) {
      partitions.add(new TopicPartition(name, i));
    }
    Map<TopicPartition, Long> first = offsets(partitions, OffsetSpec.earliest());
    long records = 0;
    for (Map.Entry<TopicPartition, Long> end : ends(partitions).entrySet()) {
      records += counts.count(end.getKey(), first.get(end.getKey()), end.getValue());
    }
    return new TopicState(name, OptionalLong.of(records), Optional.empty());
  }

  private Map<TopicPartition, Long> ends(Set<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    return offsets(partitions, OffsetSpec.latest());
  }

  /** Of what is committed. */
  private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, OffsetSpec which)
      throws ExecutionException, InterruptedException {
    return admin
        .listOffsets(
            partitions.stream().collect(Collectors.toMap(any -> any, any -> which)),
            new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .all()
        .get()
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, offset -> offset.getValue().offset()));
  }

  private List<GroupState> groups() throws ExecutionException, InterruptedException {
    Set<String> there = new TreeSet<>();
    for (GroupListing group : admin.listGroups().all().get()) {
      there.add(group.groupId());
    }
    List<GroupState> groups = new ArrayList<>();
    List<String> roles =
        new ArrayList<>(List.of(GroupNames.TOPOLOGIES, GroupNames.ROLLOUT_WORKERS));
    if (there.contains(prefix + GroupNames.EVALUATION_WORKERS)
        || connection.configuration().learner().evaluateEvery() > 0) {
      roles.add(GroupNames.EVALUATION_WORKERS);
    }
    roles.addAll(scorers(there));
    for (String role : roles) {
      groups.add(group(prefix + role, there.contains(prefix + role)));
    }
    for (String group : there) {
      if (group.startsWith(prefix + GroupNames.LEARNERS)) {
        groups.add(group(group, true));
      }
    }
    return groups;
  }

  /**
   * Groups of scorers, without the prefix: those that are there, and those of the rewards here. Who
   * looks without the run's rewards sees those that are there alone.
   */
  private Set<String> scorers(Set<String> there) {
    Set<String> scorers = new TreeSet<>();
    for (String group : there) {
      if (group.startsWith(prefix + GroupNames.SCORERS)) {
        scorers.add(group.substring(prefix.length()));
      }
    }
    RlhfConfiguration configuration = connection.configuration();
    if (scorers.isEmpty() || !configuration.rewards().list().isEmpty()) {
      scorers.add(GroupNames.SCORERS + ScoreRules.REFERENCE);
      configuration.effectiveRewards().all().stream()
          .filter(reward -> !reward.scorer().equals(RewardConfiguration.EXTERNAL))
          .forEach(reward -> scorers.add(GroupNames.SCORERS + reward.name()));
    }
    return scorers;
  }

  private GroupState group(String name, boolean exists)
      throws ExecutionException, InterruptedException {
    if (!exists) {
      return new GroupState(name, false, List.of(), List.of());
    }
    Map<TopicPartition, OffsetAndMetadata> committed =
        new HashMap<>(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get());
    committed.values().removeIf(offset -> offset == null);
    Map<String, Long> lags = new TreeMap<>();
    for (Map.Entry<TopicPartition, Long> end : ends(committed.keySet()).entrySet()) {
      TopicPartition partition = end.getKey();
      long waiting = counts.count(partition, committed.get(partition).offset(), end.getValue());
      if (waiting > 0) {
        lags.merge(partition.topic(), waiting, Long::sum);
      }
    }
    return new GroupState(
        name,
        true,
        members(name),
        lags.entrySet().stream().map(lag -> new Lag(lag.getKey(), lag.getValue())).toList());
  }

  private List<Member> members(String group) throws InterruptedException {
    ConsumerGroupDescription description;
    try {
      description = admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
    } catch (ExecutionException e) {
      return List.of(); // a learner's is no consumer group, but a place for offsets
    }
    return description.members().stream()
        .map(member -> new Member(member.clientId(), member.host(), share(member)))
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .toList();
  }

  /** Which partitions of each topic it has. */
  private static String share(MemberDescription member) {
    Map<String, TreeSet<Integer>> partitions = new TreeMap<>();
    for (TopicPartition partition : member.assignment().topicPartitions()) {
      partitions
          .computeIfAbsent(partition.topic(), topic -> new TreeSet<>())
          .add(partition.partition());
    }
    return partitions.entrySet().stream()
        .map(topic -> topic.getKey() + " " + topic.getValue())
        .collect(Collectors.joining(", "));
  }

  /** The command that counts last; each counts once by its id. */
  private Optional<Pause> pause() {
    Set<String> seen = new HashSet<>();
    AtomicReference<Pause> pause = new AtomicReference<>();
    try (TopicReader reader =
        TopicReader.ofTopics(connection::boundedConsumer, List.of(topics.controls().name()))) {
      reader.seekToBeginning();
      reader.readToEnd(
          RecordHandler.decoding(
              connection.decoder(ControlCommand.class),
              (record, command) -> {
                if (!seen.add(command.getCommandId())) {
                  return;
                }
                if (command.getAction() == ControlAction.PAUSE_ADMISSION) {
                  pause.set(new Pause(command.getRequestedBy(), command.getRequestedAt()));
                } else if (command.getAction() == ControlAction.RESUME_ADMISSION) {
                  pause.set(null);
                }
              },
              (record, reason) -> {}));
    }
    return Optional.ofNullable(pause.get());
  }

  private Optional<StepMetrics> newestStep(Set<String> existing)
      throws ExecutionException, InterruptedException {
    return existing.contains(topics.trainingMetrics().name())
        ? newest(topics.trainingMetrics(), StepMetrics.class)
        : Optional.empty();
  }

  /** The version of the newest record, whose transaction is committed. */
  private Optional<String> newestVersion(Topic topic)
      throws ExecutionException, InterruptedException {
    return newest(topic, WeightRecord.class)
        .map(record -> WeightVersions.text(record.getVersion()));
  }

  private <T extends SpecificRecord> Optional<T> newest(Topic topic, Class<T> type)
      throws ExecutionException, InterruptedException {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    long end = ends(Set.of(partition)).get(partition);
    long oldest = offsets(Set.of(partition), OffsetSpec.earliest()).get(partition);
    AtomicReference<T> newest = new AtomicReference<>();
    try (TopicReader reader = TopicReader.bounded(connection, partition)) {
      reader.seek(partition, Math.max(oldest, end - LAST_OFFSETS));
      reader.readTo(
          Map.of(partition, end),
          RecordHandler.decoding(
              connection.decoder(type),
              (record, event) -> newest.set(event),
              (record, reason) -> {}));
    }
    return Optional.ofNullable(newest.get());
  }

  @Override
  public void close() {
    counts.close();
    admin.close();
  }
}
