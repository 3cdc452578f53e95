package org.rlhfstreams.learner.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Position of a source that goes over a bounded range of preferences in epochs.
 *
 * @param range offsets that the run reads
 * @param epoch from 0
 * @param index place of the next example in the epoch's order, from 0
 */
public record EpochPosition(LogRange range, int epoch, int index) implements SourcePosition {
  private static final String EPOCH = "epoch";
  private static final String INDEX = "index";

  static EpochPosition read(CheckpointFields fields) {
    return new EpochPosition(
        LogRange.read(fields), fields.smallInteger(EPOCH), fields.smallInteger(INDEX));
  }

  @Override
  public void writeFields(ObjectNode json) {
    range.write(json);
    json.put(EPOCH, epoch).put(INDEX, index);
  }
}
