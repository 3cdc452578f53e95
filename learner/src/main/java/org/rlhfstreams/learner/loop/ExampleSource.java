package org.rlhfstreams.learner.loop;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.AbandonedGeneration;

/**
 * Where a learner's batches come from. What it hands out follows from the log and its position
 * alone, so that a learner that goes back to a checkpoint learns the same again.
 *
 * @param <E> the kind of example
 */
public interface ExampleSource<E> extends AutoCloseable {
  /**
   * The next batch; waits for it.
   *
   * @return empty where the data is at its end, or {@code stopped} said so
   */
  List<E> next(BooleanSupplier stopped);

  /** Where the next batch begins. */
  SourcePosition position();

  /**
   * Goes to the beginning, which may mean to read all that is there.
   *
   * @return false if {@code stopped} said so before; it is to be begun anew then
   */
  boolean begin(BooleanSupplier stopped);

  /** The same, and nobody stops it. */
  default void begin() {
    begin(() -> false);
  }

  /**
   * Goes to a position that {@link #position} gave, which may mean to read all that is before it.
   *
   * @return false if {@code stopped} said so before
   * @throws org.rlhfstreams.learner.checkpoint.CheckpointException if it is a position of another
   *     kind of source, or the log no longer has it
   */
  boolean seek(SourcePosition position, BooleanSupplier stopped);

  /** The same, and nobody stops it. */
  default void seek(SourcePosition position) {
    seek(position, () -> false);
  }

  /**
   * Refuses from now on what abandoned generations wrote, as a source that has gone to {@link
   * #position} and knows of them would do. Sources of what no generation wrote need not.
   */
  default void abandon(List<AbandonedGeneration> abandoned) {}

  /**
   * Learns how far the run has come: what is handed out next is learned from after so many steps.
   * Sources of what does not grow old need not know.
   */
  default void reached(long steps) {}

  /** What is read, for people; known after {@link #begin} or {@link #seek}. */
  default String described() {
    return partition().topic();
  }

  /** Figures of the data of the newest batch, by name. */
  default Map<String, Double> figures() {
    return Map.of();
  }

  /** The records that the newest batch came in, where the source remembers them. */
  default List<RecordOrigin> origins() {
    return List.of();
  }

  /** Preferences read for the newest batch that are held out and never learned from. */
  default List<String> heldOutIds() {
    return List.of();
  }

  /** Records that are in the topic and have not been read yet, as far as is known. */
  default long waiting() {
    return 0;
  }

  /**
   * Whether the newest batch would be the same if it were formed again. Where the clock had a part
   * in it, only a checkpoint after it can repeat the run.
   */
  default boolean followsFromTheLog() {
    return true;
  }

  /** Records refused while the newest batch was gathered, then forgotten. */
  List<Refusal> takeRefusals();

  /**
   * Whether refusals should leave before a batch is whole: so many are held that they take room, or
   * nothing else comes. Admission may be waiting for them: all that is under way may have been
   * refused.
   */
  default boolean holdsRefusalsBack() {
    return false;
  }

  /** Whether everything has been read of what the learner's own weights sample. */
  default boolean waitsForSampling() {
    return false;
  }

  /** The topic's partition that is read. */
  TopicPartition partition();

  /** Offset of the next record to read, for the lag that operators see. */
  long offset();

  /** Batches of the whole run, where the data has an end. */
  OptionalLong totalBatches();

  @Override
  void close();
}
