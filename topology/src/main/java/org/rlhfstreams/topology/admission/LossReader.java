package org.rlhfstreams.topology.admission;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dead letters to lost samples. */
final class LossReader extends ContextualProcessor<String, byte[], String, AdmissionEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(LossReader.class);

  private final RecordDecoder<DeadLetter> decoder;
  private final AdmissionListener listener;

  LossReader(EventSerdes serdes, AdmissionListener listener) {
    this.listener = listener;
    this.decoder = new RecordDecoder<>(DeadLetter.class, serdes);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String topic = context().recordMetadata().orElseThrow().topic();
    try {
      DeadLetter letter = decoder.decode(topic, record.value());
      listener.buried(letter);
      if (letter.getLostRollouts() > 0) {
        context().forward(record.withValue(new AdmissionEvent.Loss(letter.getLostRollouts())));
      }
    } catch (UndecodableException e) {
      LOG.warn("a record of {} is no dead letter: {}", topic, e.getMessage());
    }
  }
}
