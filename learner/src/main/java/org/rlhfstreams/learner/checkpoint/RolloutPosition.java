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
 * @param scores by partition of {@code scores}, the first offset that the run does not look up;
 *     empty for a run that looks nothing up
 */
public record RolloutPosition(
    LogRange range, long offset, long read, List<Long> waiting, List<Long> scores)
    implements SourcePosition {
  private static final String OFFSET = "offset";
  private static final String READ = "read";
  private static final String WAITING = "waiting";
  private static final String SCORES = "scores";

  public RolloutPosition {
    waiting = List.copyOf(waiting);
    scores = List.copyOf(scores);
  }

  /** One of a run that looks nothing up. */
  public RolloutPosition(LogRange range, long offset, long read, List<Long> waiting) {
    this(range, offset, read, waiting, List.of());
  }

  static RolloutPosition read(CheckpointFields fields) {
    return new RolloutPosition(
        LogRange.read(fields),
        fields.integer(OFFSET),
        fields.integer(READ),
        fields.integers(WAITING),
        fields.has(SCORES) ? fields.integers(SCORES) : List.of());
  }

  @Override
  public void writeFields(ObjectNode json) {
    range.write(json);
    json.put(OFFSET, offset).put(READ, read);
    waiting.forEach(json.putArray(WAITING)::add);
    if (!scores.isEmpty()) {
      scores.forEach(json.putArray(SCORES)::add);
    }
  }
}
