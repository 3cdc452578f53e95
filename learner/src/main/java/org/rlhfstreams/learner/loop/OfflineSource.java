package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.learner.checkpoint.EpochPosition;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.ExampleIndex;
import org.rlhfstreams.learner.data.FileOrder;
import org.rlhfstreams.learner.data.VisitOrder;
import org.rlhfstreams.learner.data.WindowedOrder;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.TopicReader;

/**
 * Epochs over a bounded range of {@code preferences}, shuffled by the seed unless the order of the
 * log is asked for. The data set is not held: what stays in memory is one window of at most {@value
 * org.rlhfstreams.learner.data.WindowedOrder#WINDOW} examples, at most 12 bytes for the place of
 * each, and, while the range is gone through at the start, 48 bytes for each id. Refused records
 * are held until they leave with the first step.
 *
 * @param <E> the kind of example
 */
final class OfflineSource<E extends Example> implements ExampleSource<E> {
  private final KafkaConnection connection;
  private final PreferenceConverter<E> converter;
  private final TopicPartition partition;
  private final RangeConfiguration range;
  private final int batchSize;
  private final int epochs;
  private final long seed;
  private final boolean shuffle;
  private final Refusals refusals = new Refusals();
  private LogRange resolved;
  private String described;
  private ExampleIndex examples;
  private VisitOrder order;
  private Optional<WindowReader<E>> reader = Optional.empty();
  private WindowedOrder.Window window;
  private int[] held = {};
  private List<E> heldExamples = List.of();
  private Map<String, Double> figures = Map.of();
  private int epoch;
  private int index;

  OfflineSource(
      KafkaConnection connection,
      TopicPartition partition,
      RangeConfiguration range,
      LearnerConfiguration learner,
      PreferenceConverter<E> converter) {
    this.connection = connection;
    this.converter = converter;
    this.partition = partition;
    this.range = range;
    this.batchSize = learner.batchSize();
    this.epochs = learner.epochsOrDefault();
    this.seed = learner.seed();
    this.shuffle = learner.shuffle();
  }

  @Override
  public boolean begin(BooleanSupplier stopped) {
    return start(Optional.empty(), 0, 0, stopped);
  }

  @Override
  public boolean seek(SourcePosition position, BooleanSupplier stopped) {
    EpochPosition at = position.as(EpochPosition.class);
    return start(Optional.of(at.range()), at.epoch(), at.index(), stopped);
  }

  private boolean start(
      Optional<LogRange> begun, int atEpoch, int atIndex, BooleanSupplier stopped) {
    refusals.clear();
    epoch = atEpoch;
    index = atIndex;
    RangeScan<E> scan = new RangeScan<>(partition, converter, refusals);
    try (TopicReader topic = TopicReader.bounded(connection, partition)) {
      RangeResolver resolver = topic.ask(consumer -> new RangeResolver(consumer, partition));
      resolved = begun.orElseGet(() -> resolver.resolve(range));
      resolver.requireKept(resolved.from());
      resolver.requireReached(resolved.until());
      if (!scan.run(topic, connection, resolved, stopped)) {
        return false;
      }
    }
    scan.requireUsable(partition.topic() + ", " + resolved.text());
    examples = scan.index();
    described = partition.topic() + ", " + resolved.text() + ": " + scan.summary();
    heldExamples = scan.firstExamples();
    held = indices(heldExamples.size());
    order = shuffle ? new WindowedOrder(examples.size(), seed) : new FileOrder(examples);
    window = null;
    closeReader();
    return true;
  }

  private static int[] indices(int size) {
    int[] all = new int[size];
    Arrays.setAll(all, i -> i);
    return all;
  }

  @Override
  public List<E> next(BooleanSupplier stopped) {
    if (examples.size() == 0) {
      return List.of();
    }
    if (index >= examples.size()) {
      index = 0;
      epoch++;
    }
    List<E> batch = new ArrayList<>();
    int until = index + Math.min(batchSize, examples.size() - index);
    for (int place = index; place < until; place++) {
      if (stopped.getAsBoolean() || epoch >= epochs || !hold(place, stopped)) {
        return List.of();
      }
      int example = window.examples()[place - window.start()];
      batch.add(heldExamples.get(Arrays.binarySearch(held, example)));
    }
    index = until;
    figures = DataFigures.of(batch);
    return batch;
  }

  /** Reads the window that a place lies in, unless it is held; false where stopped first. */
  private boolean hold(int place, BooleanSupplier stopped) {
    if (window != null && window.has(epoch, place)) {
      return true;
    }
    WindowedOrder.Window wanted = order.at(epoch, place);
    int[] sorted = wanted.sorted();
    if (!Arrays.equals(sorted, held)) {
      held = new int[0];
      heldExamples = List.of(); // never two windows in memory
      Optional<List<E>> read = reader().read(sorted, stopped);
      if (read.isEmpty()) {
        window = null;
        return false;
      }
      held = sorted;
      heldExamples = read.get();
    }
    window = wanted;
    return true;
  }

  private WindowReader<E> reader() {
    if (reader.isEmpty()) {
      reader = Optional.of(new WindowReader<>(connection, partition, converter, examples));
    }
    return reader.get();
  }

  @Override
  public String described() {
    return described;
  }

  @Override
  public Map<String, Double> figures() {
    return figures;
  }

  @Override
  public SourcePosition position() {
    return new EpochPosition(resolved, epoch, index);
  }

  @Override
  public List<Refusal> takeRefusals() {
    return refusals.take();
  }

  @Override
  public TopicPartition partition() {
    return partition;
  }

  @Override
  public long offset() {
    return resolved.until();
  }

  @Override
  public OptionalLong totalBatches() {
    if (epochs == Integer.MAX_VALUE && examples.size() > 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of((long) epochs * ((examples.size() + batchSize - 1) / batchSize));
  }

  private void closeReader() {
    reader.ifPresent(WindowReader::close);
    reader = Optional.empty();
  }

  @Override
  public void close() {
    heldExamples = List.of();
    closeReader();
  }
}
