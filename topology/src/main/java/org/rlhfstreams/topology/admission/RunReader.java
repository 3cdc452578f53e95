package org.rlhfstreams.topology.admission;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Statements to those of runs that learn from rollouts as they come. */
final class RunReader extends ContextualProcessor<String, byte[], String, AdmissionEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(RunReader.class);

  private final RecordDecoder<RunStatement> decoder;
  private final int samples;

  /**
   * @param samples responses that admission asks for with each request
   */
  RunReader(EventSerdes serdes, int samples) {
    this.decoder = new RecordDecoder<>(RunStatement.class, serdes);
    this.samples = samples;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String topic = context().recordMetadata().orElseThrow().topic();
    try {
      RunStatement run = decoder.decode(topic, record.value());
      if (run.getLearnsFromRollouts()) {
        warnOfOtherGroups(run);
        context().forward(record.withValue(new AdmissionEvent.Run(run)));
      }
    } catch (UndecodableException e) {
      LOG.warn("a record of {} is no statement of a run: {}", topic, e.getMessage());
    }
  }

  private void warnOfOtherGroups(RunStatement run) {
    if (run.getSamplesLearnedTogether() > 1 && run.getSamplesLearnedTogether() != samples) {
      LOG.warn(
          "run {} learns from groups of {} responses, but admission asks for {} a prompt: give the"
              + " controller the learner's sampling.samples",
          run.getRunId(),
          run.getSamplesLearnedTogether(),
          samples);
    }
  }
}
