package org.rlhfstreams.topology.admission;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.topology.RefusedRecord;

/** Commands to those that are admission's, or to dead letters. */
final class ControlReader extends ContextualProcessor<String, byte[], String, Object> {
  private final RecordDecoder<ControlCommand> decoder;

  ControlReader(EventSerdes serdes) {
    this.decoder = new RecordDecoder<>(ControlCommand.class, serdes);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata from = context().recordMetadata().orElseThrow();
    try {
      ControlCommand command = decoder.decode(from.topic(), record.value());
      boolean pause = command.getAction() == ControlAction.PAUSE_ADMISSION;
      if (pause || command.getAction() == ControlAction.RESUME_ADMISSION) {
        context()
            .forward(record.withValue(new AdmissionEvent.Control(command.getCommandId(), pause)));
      }
    } catch (UndecodableException e) {
      context().forward(RefusedRecord.undecodable(record, from, AdmissionTopology.STAGE, e));
    }
  }
}
