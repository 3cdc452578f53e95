package org.rlhfstreams.learner.loop;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.checkpoint.LivePosition;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Preferences as they arrive: one pass in the order of the log that never ends. A preference id
 * counts once, also across restarts: which ones were counted, are held out or may be learned again
 * follows from the log, which a restart goes through from the range's beginning to its position.
 * Ids that were counted are on disk; the rows that are held have bounds of their own.
 *
 * <p>One that was taken back before the run began is never learned from; one that is taken back
 * later, not any more from then on.
 *
 * <p>A {@link RolloutSource} differs in that its events are in the log once already, and that some
 * are learned together.
 *
 * @param <E> the kind of example
 */
final class LiveSource<E extends Example> implements ExampleSource<E> {
  private final RangeConfiguration range;
  private final BatchRule rule;
  private final PreferenceConverter<E> converter;
  private final LiveRows<E> rows;
  private final LogReader<Preference> reader;
  private final Deque<Placed<E>> ready = new ArrayDeque<>();
  private final List<Placed<E>> gathered = new ArrayList<>();
  private final List<String> heldOut = new ArrayList<>();
  private final Path idsIn;
  private TemporaryIndex ids;
  private CountedOnce counted;
  private Withdrawals foreseen = new Withdrawals();
  private long foreseenUntil;
  private Place batchEnd;
  private int partsToSkip;
  private long duplicatesBefore;
  private long withdrawn;
  private boolean shortBatch;
  private Map<String, Double> figures = Map.of();
  private List<RecordOrigin> origins = List.of();
  private List<String> heldOutOfBatch = List.of();

  /** Where a batch can begin: at a record, or at one of its later examples. */
  private record Place(long offset, int part) {}

  private record Placed<E>(String preferenceId, E example, Place place, RecordOrigin origin) {}

  /**
   * @param rule when enough new examples have been gathered
   * @param rows what is held out, and what is learned again
   * @param idsIn directory for the ids that were counted
   */
  LiveSource(
      KafkaConnection connection,
      TopicPartition partition,
      RangeConfiguration range,
      BatchRule rule,
      PreferenceConverter<E> converter,
      LiveRows<E> rows,
      Path idsIn) {
    this.range = range;
    this.rule = rule;
    this.converter = converter;
    this.rows = rows;
    this.idsIn = idsIn;
    this.reader = new LogReader<>(connection, partition, Preference.class, 0);
  }

  @Override
  public boolean begin(BooleanSupplier stopped) {
    reader.begin(range);
    LogRange whole = reader.range();
    long foreseen = Math.max(whole.from(), reader.end());
    return start(whole, new Place(reader.offset(), 0), foreseen, stopped);
  }

  @Override
  public boolean seek(SourcePosition position, BooleanSupplier stopped) {
    LivePosition at = position.as(LivePosition.class);
    return start(at.range(), new Place(at.offset(), at.part()), at.foreseen(), stopped);
  }

  private boolean start(LogRange whole, Place place, long foreseenBefore, BooleanSupplier stopped) {
    ready.clear();
    gathered.clear();
    heldOut.clear();
    rows.clear();
    withdrawn = 0;
    forgetIds();
    foreseen = new Withdrawals();
    batchEnd = place;
    foreseenUntil = foreseenBefore;
    if (!foresee(new LogRange(whole.from(), foreseenUntil), stopped)
        || !recount(new LogRange(whole.from(), batchEnd.offset()), stopped)) {
      return false;
    }
    reader.goOn(whole, batchEnd.offset());
    rows.heldOut().settle();
    partsToSkip = batchEnd.part();
    duplicatesBefore = counted.duplicates();
    return true;
  }

  private void forgetIds() {
    closeIds();
    ids = TemporaryIndex.open(idsIn, "learner.output");
    counted = new CountedOnce(new IndexedIds(ids));
  }

  private void closeIds() {
    if (ids != null) {
      ids.close();
    }
  }

  /** What had been taken back when the run began. */
  private boolean foresee(LogRange before, BooleanSupplier stopped) {
    return goOver(
        before,
        stopped,
        (record, preference) -> {
          if (preference.getWithdrawn()) {
            foreseen.note(preference, record.offset());
          }
        });
  }

  /** Which ids were counted before the position, and which rows are held of them. */
  private boolean recount(LogRange before, BooleanSupplier stopped) {
    return goOver(
        before,
        stopped,
        (record, preference) -> {
          if (preference.getWithdrawn()) {
            withdraw(preference);
          } else if (counts(record, preference)) {
            rows.recall(preference, converter);
          }
        });
  }

  private boolean goOver(
      LogRange part, BooleanSupplier stopped, LogReader.Taker<Preference> taker) {
    if (part.from() == part.until()) {
      return true;
    }
    reader.goOver(part);
    while (!reader.isAtEnd()) {
      if (stopped.getAsBoolean()) {
        return false;
      }
      reader.read(offset -> true, taker);
    }
    return true;
  }

  private boolean counts(ConsumerRecord<String, byte[]> record, Preference preference) {
    return !foreseen.takeBack(preference, record.offset()) && counted.isNew(preference);
  }

  @Override
  public List<E> next(BooleanSupplier stopped) {
    long firstAt = System.nanoTime();
    while (gathered.size() < rule.size()) {
      if (stopped.getAsBoolean()) {
        return List.of();
      }
      if (!ready.isEmpty()) {
        firstAt = gathered.isEmpty() ? System.nanoTime() : firstAt;
        gathered.add(ready.remove());
      } else if (rule.goesShort(gathered.size(), System.nanoTime() - firstAt)
          && reader.isCaughtUp()) {
        break;
      } else {
        reader.read(offset -> true, this::take);
      }
    }
    return formed();
  }

  private List<E> formed() {
    List<E> batch = new ArrayList<>();
    Set<String> fresh = new HashSet<>();
    List<RecordOrigin> from = new ArrayList<>();
    for (Placed<E> placed : gathered) {
      batch.add(placed.example());
      fresh.add(placed.preferenceId());
      from.add(placed.origin());
    }
    ready.forEach(placed -> fresh.add(placed.preferenceId()));
    List<E> again = rows.again(batch.size(), fresh, reader.offset());
    batch.addAll(again);
    shortBatch = gathered.size() < rule.size();
    batchEnd = ready.isEmpty() ? new Place(reader.offset(), 0) : ready.peek().place();
    figures =
        DataFigures.of(batch, counted.duplicates() - duplicatesBefore, withdrawn, again.size());
    origins = List.copyOf(from);
    heldOutOfBatch = List.copyOf(heldOut);
    rows.heldOut().settle();
    gathered.clear();
    heldOut.clear();
    withdrawn = 0;
    duplicatesBefore = counted.duplicates();
    return List.copyOf(batch);
  }

  private void take(ConsumerRecord<String, byte[]> record, Preference preference)
      throws UnusableException {
    int skipped = partsToSkip;
    partsToSkip = 0;
    String id = preference.getPreferenceId();
    if (preference.getWithdrawn()) {
      withdraw(preference);
      gathered.removeIf(placed -> placed.preferenceId().equals(id));
      heldOut.remove(id);
      withdrawn++;
    } else if (counts(record, preference)) {
      List<E> examples = converter.convert(preference);
      if (rows.keep(id, examples)) {
        heldOut.add(id);
        return;
      }
      for (int part = skipped; part < examples.size(); part++) {
        ready.add(
            new Placed<>(
                id,
                examples.get(part),
                new Place(record.offset(), part),
                new RecordOrigin(
                    examples.get(part).id(),
                    TraceParent.of(record.headers()),
                    Instant.ofEpochMilli(record.timestamp()))));
      }
    }
  }

  private void withdraw(Preference preference) {
    counted.forget(preference);
    rows.withdraw(preference.getPreferenceId());
  }

  @Override
  public boolean followsFromTheLog() {
    return !shortBatch;
  }

  @Override
  public Map<String, Double> figures() {
    return figures;
  }

  @Override
  public List<RecordOrigin> origins() {
    return origins;
  }

  @Override
  public List<String> heldOutIds() {
    return heldOutOfBatch;
  }

  @Override
  public long waiting() {
    return reader.waiting();
  }

  @Override
  public String described() {
    return reader.described();
  }

  @Override
  public SourcePosition position() {
    return new LivePosition(reader.range(), batchEnd.offset(), batchEnd.part(), foreseenUntil);
  }

  @Override
  public List<Refusal> takeRefusals() {
    return reader.refusals().take();
  }

  @Override
  public TopicPartition partition() {
    return reader.partition();
  }

  @Override
  public long offset() {
    return batchEnd.offset();
  }

  @Override
  public OptionalLong totalBatches() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    try {
      reader.close();
    } finally {
      closeIds();
    }
  }
}
