package org.rlhfstreams.reward;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.common.terminal.Durations;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.service.exchange.ConcurrentWork;
import org.rlhfstreams.service.exchange.FinishedRecord;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;

/**
 * Gathers the responses to each request and has a scorer that compares them score them together. A
 * group is finished as a whole, so that how far this member has come never lies within one: after a
 * restart what was gathered is read again. What waits is bounded: a group whose other responses
 * have not come in time, or among so many others, is refused with the reason, and so is one with a
 * response that nobody can score.
 *
 * <p>One thread calls it; a thread of its own asks the scorer.
 */
final class GroupScoring implements ConcurrentWork, AutoCloseable {
  /**
   * Records of other groups in its partition that a group may wait for. A worker publishes the
   * responses to a request together: what has not come by then has been lost. It is a fraction of
   * how far a member may read beyond the oldest record that it has not finished.
   */
  static final int MOST_BETWEEN = 256;

  private final RolloutScorer scorer;
  private final ScoreEvents events;
  private final int batchSize;
  private final Duration patience;
  private final int room;
  private final LongSupplier clock;
  private final ExecutorService thread;
  private final Map<String, ResponseGroup> waiting = new LinkedHashMap<>();
  private final Deque<ResponseGroup> whole = new ArrayDeque<>();
  private final Map<TopicPartition, Long> read = new HashMap<>();
  private final List<FinishedRecord> finished = new ArrayList<>();
  private Batch scoring;
  private int held;
  private long looks;

  /** Groups that are being scored, and what is to become of it. */
  private record Batch(
      List<ResponseGroup> groups,
      List<RolloutRecord> rollouts,
      Instant started,
      Future<List<ScorerAnswer>> answers) {}

  /**
   * @param scorer used by one thread at a time; closed by the caller
   * @param batchSize responses that the scorer is given at once; more if a group has more
   * @param patience how long a group waits for its other responses
   * @param room rollouts that are held at once, at least a batch
   * @param clock nanoseconds
   */
  GroupScoring(
      RolloutScorer scorer,
      ScoreEvents events,
      int batchSize,
      Duration patience,
      int room,
      LongSupplier clock) {
    this.scorer = scorer;
    this.events = events;
    this.batchSize = batchSize;
    this.patience = patience;
    this.room = Math.max(room, batchSize);
    this.clock = clock;
    String name = Thread.currentThread().getName() + "-groups";
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread one = new Thread(task, name);
              one.setDaemon(true);
              return one;
            });
  }

  @Override
  public boolean hasRoom() {
    return held < room && whole.stream().mapToInt(ResponseGroup::size).sum() < batchSize;
  }

  @Override
  public void take(ConsumerRecord<String, byte[]> record) {
    Optional<RolloutRecord> decoded = events.read(record);
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    long before = read.getOrDefault(partition, 0L);
    read.put(partition, before + 1);
    if (decoded.isEmpty()) {
      finished.add(new FinishedRecord(record, List.of()));
      return;
    }
    RolloutRecord rollout = decoded.get();
    Optional<String> problem = ScoreEvents.problem(rollout.rollout());
    int samples = rollout.rollout().getSamples();
    String key = record.partition() + "/" + rollout.rollout().getRequestId();
    ResponseGroup group =
        waiting.computeIfAbsent(
            key, one -> new ResponseGroup(partition, samples, clock.getAsLong(), before));
    if (group.has(rollout)) {
      finished.add(new FinishedRecord(record, List.of()));
      return;
    }
    group.add(rollout, problem);
    held++;
    if (samples < 1) {
      waiting.remove(key);
      refuse(
          group,
          "it does not say how many responses its request has, as rollouts of earlier releases do"
              + " not, and all of them are compared: exchange the rollout workers too");
    } else if (group.isAllHere()) {
      waiting.remove(key);
      if (group.problem().isPresent()) {
        refuse(
            group,
            String.format(
                Locale.ROOT,
                "%d of the %d responses to its request cannot be scored: %s",
                group.unusable().size(),
                group.size(),
                group.problem().get()));
      } else {
        whole.add(group);
      }
    }
  }

  /** All that is here of it is finished, with the reason in place of a score. */
  private void refuse(ResponseGroup group, String reason) {
    if (group.members().isEmpty()) {
      finish(group, List.of());
      return;
    }
    ScorerAnswer answer = ScorerAnswer.failed(reason, "");
    finish(
        group,
        events.written(
            group.members(),
            group.members().stream().map(member -> answer).toList(),
            Instant.now()));
  }

  private void finish(ResponseGroup group, List<ProducerRecord<String, Object>> scores) {
    for (int i = 0; i < scores.size(); i++) {
      finished.add(new FinishedRecord(group.members().get(i).record(), List.of(scores.get(i))));
    }
    group.unusable().forEach(record -> finished.add(new FinishedRecord(record, List.of())));
    held -= group.records();
  }

  @Override
  public void start() {
    if (scoring != null || whole.isEmpty()) {
      return;
    }
    List<ResponseGroup> groups = new ArrayList<>();
    List<RolloutRecord> rollouts = new ArrayList<>();
    while (!whole.isEmpty()
        && (groups.isEmpty() || rollouts.size() + whole.peek().size() <= batchSize)) {
      groups.add(whole.peek());
      rollouts.addAll(whole.remove().members());
    }
    List<Rollout> asked = rollouts.stream().map(RolloutRecord::rollout).toList();
    scoring = new Batch(groups, rollouts, Instant.now(), thread.submit(() -> scorer.score(asked)));
  }

  @Override
  public int open() {
    return held + finished.size();
  }

  @Override
  public List<FinishedRecord> takeFinished() {
    if (scoring != null && scoring.answers().isDone()) {
      Batch batch = scoring;
      scoring = null;
      scored(batch);
      start();
    }
    refuseLate();
    List<FinishedRecord> all = List.copyOf(finished);
    finished.clear();
    return all;
  }

  private void scored(Batch batch) {
    Optional<List<ScorerAnswer>> answers = answers(batch);
    if (answers.isEmpty()) {
      batch.groups().stream()
          .filter(group -> !group.isDropped())
          .forEach(group -> held -= group.records());
      return;
    }
    List<ProducerRecord<String, Object>> scores =
        events.written(batch.rollouts(), answers.get(), batch.started());
    int next = 0;
    for (ResponseGroup group : batch.groups()) {
      if (!group.isDropped()) {
        finish(group, scores.subList(next, next + group.members().size()));
      }
      next += group.members().size();
    }
  }

  /** What the scorer has said; empty if the process ends, and leaves it to the next one. */
  private static Optional<List<ScorerAnswer>> answers(Batch batch) {
    try {
      return Optional.of(batch.answers().get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WakeupException) {
        return Optional.empty();
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a scorer has failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void refuseLate() {
    long now = clock.getAsLong();
    Iterator<ResponseGroup> groups = waiting.values().iterator();
    while (groups.hasNext()) {
      ResponseGroup group = groups.next(); // the oldest first
      Optional<String> reason = lateness(group, now);
      if (reason.isPresent()) {
        groups.remove();
        refuse(
            group,
            String.format(
                Locale.ROOT,
                "only %d of the %d responses to its request have come %s, and all of them are"
                    + " compared",
                group.records(),
                group.size(),
                reason.get()));
      }
    }
  }

  private Optional<String> lateness(ResponseGroup group, long now) {
    if (now - group.since() >= patience.toNanos()) {
      return Optional.of("within " + Durations.text(patience.toSeconds()));
    }
    if (group.overtakenBy(read.get(group.partition())) > MOST_BETWEEN) {
      return Optional.of(String.format(Locale.ROOT, "among %,d others", MOST_BETWEEN));
    }
    boolean isFull = held >= room && scoring == null && whole.isEmpty();
    return isFull
        ? Optional.of(
            String.format(Locale.ROOT, "before %,d wait for others of their groups", room))
        : Optional.empty();
  }

  @Override
  public void drop(Collection<TopicPartition> partitions) {
    if (scoring != null) {
      for (ResponseGroup group : scoring.groups()) {
        if (partitions.contains(group.partition()) && !group.isDropped()) {
          group.drop();
          held -= group.records();
        }
      }
    }
    dropFrom(waiting.values(), partitions);
    dropFrom(whole, partitions);
    finished.removeIf(
        done ->
            partitions.contains(
                new TopicPartition(done.record().topic(), done.record().partition())));
    read.keySet().removeAll(partitions);
  }

  private void dropFrom(Collection<ResponseGroup> groups, Collection<TopicPartition> partitions) {
    for (Iterator<ResponseGroup> all = groups.iterator(); all.hasNext(); ) {
      ResponseGroup group = all.next();
      if (partitions.contains(group.partition())) {
        held -= group.records();
        all.remove();
      }
    }
  }

  @Override
  public void dropWaiting() {
    Set<TopicPartition> all = Set.copyOf(read.keySet());
    dropFrom(waiting.values(), all);
    dropFrom(whole, all);
  }

  /** A group may wait for as long as it has patience, and a scorer bounds its own calls. */
  @Override
  public long progress() {
    return ++looks;
  }

  /** Stops what is being asked. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      thread.awaitTermination(ShutdownBudget.BEGUN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
