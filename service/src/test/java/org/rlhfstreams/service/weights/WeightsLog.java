package org.rlhfstreams.service.weights;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;

/** A topic of weights in memory: a record's offset is its place. */
final class WeightsLog implements WeightAssembler.ChunkSource {
  private final MockProducer<String, Object> producer =
      new MockProducer<>(true, null, new StringSerializer(), (name, value) -> new byte[0]);

  /** Sends a version and commits it. */
  void publish(WeightPublisher publisher, WeightVersion version, List<PublishedTensor> tensors) {
    SentWeights sent = send(publisher, version, tensors);
    commit(publisher, sent);
  }

  SentWeights send(
      WeightPublisher publisher, WeightVersion version, List<PublishedTensor> tensors) {
    return publisher.send(producer, version, "llama", tensors, () -> false);
  }

  SentWeights sendWhole(
      WeightPublisher publisher, WeightVersion version, List<PublishedTensor> tensors) {
    return publisher.sendWhole(producer, version, "llama", tensors, () -> false);
  }

  void commit(WeightPublisher publisher, SentWeights sent) {
    producer.send(publisher.commit(sent));
    publisher.committed(sent);
  }

  /** All records. */
  List<WeightRecord> records() {
    List<WeightRecord> records = new ArrayList<>();
    producer.history().forEach(record -> records.add((WeightRecord) record.value()));
    return records;
  }

  /** Those from an offset on. */
  List<WeightRecord> from(int offset) {
    return records().subList(offset, records().size());
  }

  int size() {
    return producer.history().size();
  }

  @Override
  public void read(long first, long last, WeightAssembler.RecordTaker records) {
    List<WeightRecord> all = records();
    for (int i = (int) first; i <= Math.min(all.size() - 1, (int) last); i++) {
      records.take(all.get(i), i);
    }
  }
}
