package org.rlhfstreams.learner.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Position of a source of scored rollouts.
 *
 * @param range offsets that the run reads
 * @param offset where reading resumes: the oldest record that waits for others of its request, or
 *     {@code read}
 * @param read first offset that has not been read
 * @param waiting offsets below {@code read} of records that wait for others of their request,
 *     ascending; all others below {@code read} have been learned or refused
 */
public record RolloutPosition(LogRange range, long offset, long read, List<Long> waiting)
    implements SourcePosition {
  private static final String OFFSET = "offset";
  private static final String READ = "read";
  private static final String WAITING = "waiting";

  public RolloutPosition {
    waiting = List.copyOf(waiting);
  }

  static RolloutPosition read(CheckpointFields fields) {
    return new RolloutPosition(
        LogRange.read(fields),
        fields.integer(OFFSET),
        fields.integer(READ),
        fields.integers(WAITING));
  }

  @Override
  public void writeFields(ObjectNode json) {
    range.write(json);
    json.put(OFFSET, offset).put(READ, read);
    waiting.forEach(json.putArray(WAITING)::add);
  }
}
