package org.rlhfstreams.learner.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Position of a source that follows preferences as they come. Which of them were counted, are held
 * out or may be learned again follows from the log up to here.
 *
 * @param range offsets that the run reads
 * @param offset of the record that the next batch begins with
 * @param part index of the example of that record that the next batch begins with, from 0
 * @param foreseen first offset whose withdrawals were unknown when the run began
 */
public record LivePosition(LogRange range, long offset, int part, long foreseen)
    implements SourcePosition {
  private static final String OFFSET = "offset";
  private static final String PART = "part";
  private static final String FORESEEN = "foreseen";

  static LivePosition read(CheckpointFields fields) {
    return new LivePosition(
        LogRange.read(fields),
        fields.integer(OFFSET),
        fields.smallInteger(PART),
        fields.integer(FORESEEN));
  }

  @Override
  public void writeFields(ObjectNode json) {
    range.write(json);
    json.put(OFFSET, offset).put(PART, part).put(FORESEEN, foreseen);
  }
}
