package org.rlhfstreams.service.exchange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Work whose records are finished when a test says so. Safe for several threads. */
final class HandWork implements ConcurrentWork {
  private final int room;
  private final Function<ConsumerRecord<String, byte[]>, ProducerRecord<String, Object>> output;
  private final List<ConsumerRecord<String, byte[]>> open = new ArrayList<>();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final List<String> dropped = new CopyOnWriteArrayList<>();
  private Predicate<String> finished = value -> false;
  private boolean still;
  private long progress;

  /**
   * @param room records that may be open at once
   * @param output what a record becomes
   */
  HandWork(
      int room, Function<ConsumerRecord<String, byte[]>, ProducerRecord<String, Object>> output) {
    this.room = room;
    this.output = output;
  }

  /** Records whose values it holds of are finished from here on. */
  synchronized HandWork finish(Predicate<String> which) {
    finished = which;
    return this;
  }

  /** Nothing moves any more. */
  synchronized void standStill() {
    still = true;
  }

  /** Values of all that was ever taken, in that order. */
  List<String> taken() {
    return taken;
  }

  /** Values of what was dropped. */
  List<String> dropped() {
    return dropped;
  }

  private static String value(ConsumerRecord<String, byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  @Override
  public synchronized boolean hasRoom() {
    return open.size() < room;
  }

  @Override
  public synchronized void take(ConsumerRecord<String, byte[]> record) {
    open.add(record);
    taken.add(value(record));
  }

  @Override
  public void start() {
    // The test decides.
  }

  @Override
  public synchronized int open() {
    return open.size();
  }

  @Override
  public synchronized List<FinishedRecord> takeFinished() {
    List<FinishedRecord> done =
        open.stream()
            .filter(record -> finished.test(value(record)))
            .map(record -> new FinishedRecord(record, List.of(output.apply(record))))
            .toList();
    open.removeIf(record -> finished.test(value(record)));
    return done;
  }

  @Override
  public synchronized void drop(Collection<TopicPartition> partitions) {
    drop(record -> partitions.contains(new TopicPartition(record.topic(), record.partition())));
  }

  private void drop(Predicate<ConsumerRecord<String, byte[]>> which) {
    open.stream().filter(which).map(HandWork::value).forEach(dropped::add);
    open.removeIf(which);
  }

  @Override
  public synchronized void dropWaiting() {
    drop(record -> !finished.test(value(record)));
  }

  @Override
  public synchronized long progress() {
    return still ? progress : ++progress;
  }
}
