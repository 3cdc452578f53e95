package org.rlhfstreams.topology.admission;

import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps events of a topic to what moves admission. A record that cannot be decoded is ignored here:
 * the stage that acts on that topic refuses it.
 *
 * @param <V> the kind of event
 */
final class EventReader<V extends SpecificRecord>
    extends ContextualProcessor<String, byte[], String, AdmissionEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

  private final RecordDecoder<V> decoder;
  private final Function<V, Optional<AdmissionEvent>> meaning;

  /**
   * @param meaning of an event for admission, if it has one
   */
  EventReader(EventSerdes serdes, Class<V> event, Function<V, Optional<AdmissionEvent>> meaning) {
    this.decoder = new RecordDecoder<>(event, serdes);
    this.meaning = meaning;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String topic = context().recordMetadata().orElseThrow().topic();
    try {
      V event = decoder.decode(topic, record.value());
      meaning.apply(event).ifPresent(moved -> context().forward(record.withValue(moved)));
    } catch (UndecodableException e) {
      LOG.warn("a record of {} counts for nothing: {}", topic, e.getMessage());
    }
  }
}
