package org.rlhfstreams.topology.admission;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics to steps, of every objective: which of them count depends on the run that the learner has
 * stated, and that statement may arrive after its first steps.
 */
final class StepReader extends ContextualProcessor<String, byte[], String, AdmissionEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(StepReader.class);

  private final RecordDecoder<StepMetrics> decoder;

  StepReader(EventSerdes serdes) {
    this.decoder = new RecordDecoder<>(StepMetrics.class, serdes);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String topic = context().recordMetadata().orElseThrow().topic();
    try {
      StepMetrics metrics = decoder.decode(topic, record.value());
      context().forward(record.withValue(new AdmissionEvent.Step(metrics)));
    } catch (UndecodableException e) {
      LOG.warn("a record of {} is no step and counts as none: {}", topic, e.getMessage());
    }
  }
}
