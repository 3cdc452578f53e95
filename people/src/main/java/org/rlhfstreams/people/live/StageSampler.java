package org.rlhfstreams.people.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.log.RecordCounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the broker every two seconds how far each stage is. */
public final class StageSampler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StageSampler.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final long PATIENCE_SECONDS = 3;

  private final KafkaConnection connection;
  private final LiveViews live;
  private final StagesView view;
  private final String prefix;
  private final Map<String, StageProgress> progress = new HashMap<>();
  private final ServiceThread thread;
  private StageCounts counts;

  private StageSampler(KafkaConnection connection, LiveViews live, StagesView view) {
    this.connection = connection;
    this.live = live;
    this.view = view;
    this.prefix = connection.configuration().connection().topicPrefix();
    this.thread = ServiceThread.start("people-stages", ShutdownBudget.FOLLOWER, this::run);
  }

  /**
   * Begins to ask.
   *
   * @param live what people have before them and have answered
   * @param view told what was measured
   */
  public static StageSampler start(KafkaConnection connection, LiveViews live, StagesView view) {
    return new StageSampler(connection, live, view);
  }

  private void run(BooleanSupplier stopped) {
    Admin admin = connection.admin();
    try (StageCounts counted = new StageCounts(new RecordCounts(connection::bulkConsumer))) {
      counts = counted;
      while (!stopped.getAsBoolean()) {
        try {
          view.measured(measure(admin));
        } catch (ExecutionException | TimeoutException | KafkaException e) {
          LOG.debug("the broker does not say how far the stages are", e);
          view.unreachable();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
        Pause.of(EVERY, stopped);
      }
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private List<StagesView.Stage> measure(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<StagesView.Stage> stages = new ArrayList<>();
    List<String> groups =
        admin.listGroups().all().get(PATIENCE_SECONDS, TimeUnit.SECONDS).stream()
            .map(GroupListing::groupId)
            .sorted()
            .toList();
    measure(admin, groups, GroupNames.TOPOLOGIES, "admission", "prompts", stages);
    measure(admin, groups, GroupNames.ROLLOUT_WORKERS, "rollout", "rollout-requests", stages);
    for (String group : groups) {
      if (group.startsWith(prefix + GroupNames.SCORERS)) {
        String name = group.substring(prefix.length());
        measure(admin, groups, name, name, "rollouts", stages);
      }
    }
    measure(admin, groups, GroupNames.TOPOLOGIES, "scores", "scores", stages);
    stages.add(people());
    measure(admin, groups, GroupNames.TOPOLOGIES, "verdicts", "judgements", stages);
    for (String group : groups) {
      if (group.startsWith(prefix + GroupNames.LEARNERS)) {
        String name = group.substring(prefix.length());
        measure(admin, groups, name, name, "scored-rollouts", stages);
        measure(admin, groups, name, name, "preferences", stages);
      }
    }
    return stages;
  }

  /** People are no consumer group: what is open waits for them. */
  private StagesView.Stage people() {
    long answered = live.judgements().count();
    return looked("people", "comparisons", answered + live.comparisons().countOpen(), answered);
  }

  private void measure(
      Admin admin,
      List<String> groups,
      String group,
      String name,
      String topic,
      List<StagesView.Stage> stages)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (!groups.contains(prefix + group)) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed =
        new HashMap<>(
            admin
                .listConsumerGroupOffsets(prefix + group)
                .partitionsToOffsetAndMetadata()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    committed
        .entrySet()
        .removeIf(one -> one.getValue() == null || !one.getKey().topic().equals(prefix + topic));
    if (committed.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    long waiting = 0;
    long done = 0;
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> one :
        admin
            .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
            .all()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .entrySet()) {
      TopicPartition partition = one.getKey();
      long finished = committed.get(partition).offset();
      done += counts.done(name, partition, finished);
      waiting += counts.records(partition, finished, one.getValue().offset());
    }
    stages.add(looked(name, topic, done + waiting, done));
  }

  private StagesView.Stage looked(String name, String topic, long end, long done) {
    StageProgress one = progress.computeIfAbsent(name + " " + topic, any -> new StageProgress());
    one.look(System.nanoTime(), end, done);
    return new StagesView.Stage(name, topic, one.rate(), one.lag(), one.oldestSeconds());
  }

  @Override
  public void close() {
    thread.close();
  }
}
