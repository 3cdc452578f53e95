package org.rlhfstreams.service.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.metrics.QueueMeters;

/**
 * Reads records as long as the work has room, and writes what becomes of them as it comes, each
 * time with how far the group has come ({@link PartitionProgress}) in one transaction: each input
 * has its outputs exactly once, whatever is killed when, and none waits for a longer one. The
 * consumer polls on meanwhile, so that a record may take any time.
 */
public final class ContinuousLoop {
  private static final Duration FILL_WITHIN = Duration.ofMillis(15);

  /** How long a poll may wait while there is something under way that can be finished. */
  private static final Duration LOOK = Duration.ofMillis(10);

  /** How long the first finished record waits for others to be committed with. */
  private static final Duration COMMIT_WITHIN = Duration.ofMillis(50);

  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);

  private final GroupMember member;
  private final int maxRecords;
  private final Duration pollTimeout;
  private final ConcurrentWork work;
  private final GroupShare share;
  private final QueueMeters meters;
  private final Standstill standstill;
  private final Map<TopicPartition, PartitionProgress> progress = new HashMap<>();
  private final List<ConsumerRecord<String, byte[]>> pending = new ArrayList<>();
  private final List<FinishedRecord> finished = new ArrayList<>();
  private long firstFinishedAt;
  private long takenAgainAt = System.nanoTime();

  /** One whose group has no predecessor. */
  public ContinuousLoop(
      KafkaConnection connection,
      String group,
      String member,
      String topic,
      int maxRecords,
      Duration pollTimeout,
      ConcurrentWork work,
      GroupShare share,
      QueueMeters meters) {
    this(
        connection,
        group,
        Optional.empty(),
        member,
        topic,
        maxRecords,
        pollTimeout,
        work,
        share,
        meters);
  }

  /**
   * @param group consumer group, without the prefix
   * @param predecessor group, without the prefix, where whose place this one begins if it has none
   * @param member this process's own name in the group; a second process with it fences the first
   * @param maxRecords in one poll, and in one transaction, at most
   * @param work closed by the caller
   * @param share hears which partitions are this member's
   * @param meters hears how long records waited and how many still do
   */
  public ContinuousLoop(
      KafkaConnection connection,
      String group,
      Optional<String> predecessor,
      String member,
      String topic,
      int maxRecords,
      Duration pollTimeout,
      ConcurrentWork work,
      GroupShare share,
      QueueMeters meters) {
    this.member =
        new GroupMember(connection, group, predecessor, member, topic, maxRecords, share, meters);
    this.maxRecords = maxRecords;
    this.pollTimeout = pollTimeout;
    this.work = work;
    this.share = share;
    this.meters = meters;
    this.standstill = new Standstill(group, connection.maxPollInterval());
  }

  /**
   * Runs until told to stop. Records that are being worked on then have {@link
   * ShutdownBudget#BEGUN} to be finished; the rest is left to other members.
   *
   * @throws ConnectionException if another process has taken this one's name, the broker refuses
   *     this one, the topic does not have what is to be read next, or the work stands still
   */
  public void run(BooleanSupplier stopped) {
    member.run(new Rounds(), stopped);
  }

  private final class Rounds implements GroupMember.Session {
    @Override
    public void work(BooleanSupplier stopped) {
      while (!stopped.getAsBoolean()) {
        round(true);
      }
      finishBegun();
    }

    @Override
    public void begunAnew(Map<TopicPartition, Reached> places) {
      drop(Set.copyOf(progress.keySet()));
      place(places);
    }
  }

  /**
   * Looks once for records to begin and records that are finished.
   *
   * @param taking whether further ones are begun
   */
  private void round(boolean taking) {
    throttle(taking);
    read();
    if (taking) {
      handOver();
    }
    meters.waiting(member.lag() + pending.size());
    collect();
    if (isCommitDue()) {
      commit();
    }
  }

  private void finishBegun() {
    pending.clear();
    work.dropWaiting();
    long until = System.nanoTime() + ShutdownBudget.BEGUN.toNanos();
    while (work.open() > 0 && System.nanoTime() < until) {
      round(false);
    }
    collect();
    if (!finished.isEmpty()) {
      commit();
    }
  }

  /** Rests partitions that nothing is to be read of, and wakes the others. */
  private void throttle(boolean taking) {
    KafkaConsumer<String, byte[]> consumer = member.consumer();
    Set<TopicPartition> read = new HashSet<>();
    Set<TopicPartition> waiting = new HashSet<>();
    pending.forEach(record -> waiting.add(partitionOf(record)));
    boolean canBegin = waiting.stream().anyMatch(partition -> !progress.get(partition).isFull());
    if (taking && !canBegin && work.hasRoom()) {
      progress.forEach(
          (partition, reached) -> {
            if (!reached.isFull() && !waiting.contains(partition)) {
              read.add(partition);
            }
          });
    }
    Set<TopicPartition> resting = new HashSet<>(consumer.assignment());
    resting.removeAll(read);
    if (!consumer.paused().equals(resting)) {
      consumer.pause(resting);
      consumer.resume(read);
    }
  }

  /**
   * Records of several partitions become visible with one commit but arrive one partition a poll:
   * work that has nothing else to do waits a moment for all of them.
   */
  private void read() {
    boolean idle = work.open() == 0 && finished.isEmpty() && pending.isEmpty();
    ConsumerRecords<String, byte[]> polled = poll(idle ? pollTimeout : LOOK);
    while (idle && !polled.isEmpty() && pending.size() < maxRecords) {
      polled = poll(FILL_WITHIN);
    }
  }

  private ConsumerRecords<String, byte[]> poll(Duration longest) {
    ConsumerRecords<String, byte[]> polled = member.poll(longest);
    drop(share.takeWithdrawn());
    polled.forEach(pending::add);
    place(member.placeNew());
    return polled;
  }

  private void place(Map<TopicPartition, Reached> places) {
    places.forEach((partition, reached) -> progress.put(partition, new PartitionProgress(reached)));
  }

  /** What is under way of these partitions is another member's now. */
  private void drop(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    work.drop(partitions);
    progress.keySet().removeAll(partitions);
    pending.removeIf(record -> partitions.contains(partitionOf(record)));
    finished.removeIf(done -> partitions.contains(partitionOf(done.record())));
  }

  private void handOver() {
    if (pending.isEmpty() || System.nanoTime() < takenAgainAt) {
      return;
    }
    try {
      Iterator<ConsumerRecord<String, byte[]>> records = pending.iterator();
      while (records.hasNext() && work.hasRoom()) {
        ConsumerRecord<String, byte[]> record = records.next();
        PartitionProgress reached = progress.get(partitionOf(record));
        if (reached.isFinished(record.offset())) {
          reached.pass(record.offset());
          records.remove();
        } else if (!reached.isFull()) {
          work.take(record);
          reached.begin(record.offset());
          records.remove();
          meters.taken(Instant.ofEpochMilli(record.timestamp()));
        }
      }
    } catch (RegistryUnavailableException e) {
      member.waitAfter(e);
      takenAgainAt = System.nanoTime() + REGISTRY_PAUSE.toNanos();
    } finally {
      work.start();
    }
  }

  private void collect() {
    long now = System.nanoTime();
    if (standstill.isOver(work.progress(), work.open(), now)) {
      throw named();
    }
    List<FinishedRecord> newest = work.takeFinished();
    if (finished.isEmpty()) {
      firstFinishedAt = now;
    }
    finished.addAll(newest);
  }

  private ConnectionException named() {
    for (Map.Entry<TopicPartition, PartitionProgress> entry : progress.entrySet()) {
      OptionalLong oldest = entry.getValue().oldest();
      if (oldest.isPresent()) {
        return standstill.named(entry.getKey(), oldest.getAsLong());
      }
    }
    throw new IllegalStateException("work is under way of which nothing was begun");
  }

  private boolean isCommitDue() {
    return !finished.isEmpty()
        && (work.open() == 0
            || finished.size() >= maxRecords
            || System.nanoTime() - firstFinishedAt >= COMMIT_WITHIN.toNanos());
  }

  private void commit() {
    List<ProducerRecord<String, Object>> outputs = new ArrayList<>();
    Map<TopicPartition, Reached> reached = new HashMap<>();
    for (FinishedRecord done : finished) {
      outputs.addAll(done.outputs());
      progress.get(partitionOf(done.record())).finish(done.record().offset());
    }
    finished.stream()
        .map(done -> partitionOf(done.record()))
        .distinct()
        .forEach(partition -> reached.put(partition, progress.get(partition).reached()));
    member.commit(outputs, reached);
    finished.clear();
  }

  private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }
}
