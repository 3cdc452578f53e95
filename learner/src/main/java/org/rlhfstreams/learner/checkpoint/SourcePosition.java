package org.rlhfstreams.learner.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Where a source of examples begins its next batch. Each kind of source has a record of its own
 * that writes itself to JSON and reads itself from it.
 */
public sealed interface SourcePosition permits RolloutPosition, EpochPosition, LivePosition {
  /** Writes the position's fields. */
  void writeFields(ObjectNode json);

  /** Writes the kind of source and the position's fields. */
  default void write(ObjectNode json) {
    json.put("source", SourceKind.of(getClass()).text());
    writeFields(json);
  }

  /**
   * This position as one of a certain kind of source.
   *
   * @throws CheckpointException if it is a position of another kind of source
   */
  default <P extends SourcePosition> P as(Class<P> wanted) {
    if (wanted.isInstance(this)) {
      return wanted.cast(this);
    }
    throw new CheckpointException(
        ("the checkpoint holds a position of the source %s, but this run reads %s: continue with the"
                + " learner.objective and range.until that wrote the checkpoint, or start a new run"
                + " with an empty learner.checkpoint-directory")
            .formatted(SourceKind.of(getClass()).text(), SourceKind.of(wanted).text()));
  }

  /**
   * The position that {@link #write} has written.
   *
   * @throws CheckpointException if the kind of source is unknown or a field is missing or invalid
   */
  static SourcePosition read(CheckpointFields fields) {
    return SourceKind.of(fields.text("source"))
        .orElseThrow(
            () ->
                fields.invalid(
                    "source",
                    Arrays.stream(SourceKind.values())
                        .map(SourceKind::text)
                        .collect(Collectors.joining(", ", "one of ", ""))))
        .read(fields);
  }
}
