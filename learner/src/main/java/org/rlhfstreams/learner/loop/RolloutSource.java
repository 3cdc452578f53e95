package org.rlhfstreams.learner.loop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.checkpoint.RolloutPosition;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.AbandonedGeneration;
import org.rlhfstreams.learner.data.LaterScores;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches of {@code scored-rollouts} in the order in which requests became whole; refused ones are
 * stepped over. A request of which a response is missing is given up when later ones have filled
 * many batches, or nothing has come for a while: the others of its responses are refused then. A
 * group that lacks a signal is set aside if one is needed. A rollout whose record stands there
 * twice, at most {@value #BATCHES_BEHIND} batches apart, counts once.
 *
 * <p>A source of a part of the log finds scores that a rollout does not have itself in {@code
 * scores}; one of all that comes has the scores that rollouts were joined with.
 */
public final class RolloutSource implements ExampleSource<ScoredSample> {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutSource.class);
  private static final int BATCHES_BEHIND = 32;
  private static final String LATER_SCORES = "later-scores";

  /** So many batches set aside for a single one are worth a warning. */
  private static final int BATCHES_WITHOUT_SIGNAL = 10;

  private final RangeConfiguration range;
  private final ScoredSamples samples;
  private final int batchSize;
  private final LogReader<ScoredRollout> reader;
  private final LoggedScores logged;
  private final List<ScoredSample> gathered = new ArrayList<>();
  private final SampleGroups groups;
  private final RecentIds recent;
  private final Set<Long> waitedFor = new HashSet<>();
  private final LearnableStaleness bound;
  private final LearnableSignal signal;
  private long steps;
  private long skippedTo;
  private long setAside;
  private RolloutPosition position;
  private List<AbandonedGeneration> abandoned = List.of();
  private final Map<String, RecordOrigin> known = new HashMap<>();
  private List<RecordOrigin> origins = List.of();
  private Map<String, Double> figures = Map.of();

  /**
   * @param range all that comes, or a part to learn again; what fills no batch at its end is left
   * @param batchSize responses of a batch; a multiple of {@code groupSize}
   * @param groupSize responses to a request that are learned from together
   * @param bound of what is still learned from
   * @param signal that a group needs to be learned from
   */
  public RolloutSource(
      KafkaConnection connection,
      RangeConfiguration range,
      ScoredSamples samples,
      int batchSize,
      int groupSize,
      LearnableStaleness bound,
      LearnableSignal signal) {
    this.range = range;
    this.samples = samples;
    this.batchSize = batchSize;
    this.bound = bound;
    this.logged =
        new LoggedScores(
            connection,
            samples.scorers(),
            connection.configuration().learner().output().resolve(LATER_SCORES));
    this.signal = signal;
    this.groups = new SampleGroups(groupSize);
    this.recent = new RecentIds((long) BATCHES_BEHIND * batchSize);
    this.reader =
        new LogReader<>(
            connection,
            new TopicPartition(connection.topics().scoredRollouts().name(), 0),
            ScoredRollout.class,
            range.isLive() ? 1 : 0); // for what is learned again admission has released
  }

  @Override
  public boolean begin(BooleanSupplier stopped) {
    clear();
    reader.begin(range);
    if (!range.isLive()) {
      logged.upToNow();
    }
    skippedTo = reader.offset();
    position = positionNow();
    return true;
  }

  @Override
  public boolean seek(SourcePosition target, BooleanSupplier stopped) {
    clear();
    position = target.as(RolloutPosition.class);
    logged.upTo(position.scores());
    if (!recall(position, stopped)) {
      return false;
    }
    reader.goOn(position.range(), position.offset());
    waitedFor.addAll(position.waiting());
    skippedTo = position.read();
    return true;
  }

  /** The ids of what was read before a position, as far back as they count. */
  private boolean recall(RolloutPosition position, BooleanSupplier stopped) {
    long from = Math.max(position.range().from(), position.read() - recent.window());
    if (from >= position.read()) {
      return true;
    }
    reader.goOver(new LogRange(from, position.read()));
    while (!reader.isAtEnd()) {
      if (!reader.read(offset -> true, this::isFirst) && stopped.getAsBoolean()) {
        return false;
      }
    }
    recent.takeRepeated(); // on the account of batches before
    return true;
  }

  private boolean isFirst(ConsumerRecord<String, byte[]> record, ScoredRollout rollout) {
    return recent.isFirst(record.offset(), rollout.getRollout().getRolloutId());
  }

  /** What was gathered for the next batch is read again: a restart would find the same. */
  @Override
  public void abandon(List<AbandonedGeneration> generations) {
    abandoned = generations;
    seek(position);
  }

  private void clear() {
    gathered.clear();
    groups.clear();
    known.clear();
    recent.clear();
    waitedFor.clear();
    setAside = 0;
  }

  @Override
  public List<ScoredSample> next(BooleanSupplier stopped) {
    logged.stoppedBy(stopped);
    while (gathered.size() < batchSize) {
      if (stopped.getAsBoolean() || reader.isAtEnd()) {
        return List.of();
      }
      // A missing one that is only late comes, however long it takes: the log decides, and no
      // clock.
      try {
        if (reader.read(this::isNew, this::take)) {
          giveUp(reader.offset() - (long) BATCHES_BEHIND * batchSize);
        }
      } catch (WakeupException e) {
        if (stopped.getAsBoolean()) {
          return List.of(); // while later scores were read
        }
        throw e;
      }
    }
    List<ScoredSample> batch = samples.summed(gathered);
    origins = batch.stream().map(sample -> known.remove(sample.id())).toList();
    gathered.clear();
    long repeated = recent.takeRepeated();
    figures = new LinkedHashMap<>(samples.figures(batch));
    if (repeated > 0) {
      figures.put(DataFigures.DUPLICATES, (double) repeated);
    }
    if (setAside > 0) {
      figures.put(DataFigures.SET_ASIDE, (double) setAside);
      setAside = 0;
    }
    position = positionNow();
    return batch;
  }

  /** Whether it was neither learned from nor refused before. */
  private boolean isNew(long offset) {
    return offset >= skippedTo || waitedFor.contains(offset);
  }

  private void take(ConsumerRecord<String, byte[]> record, ScoredRollout rollout)
      throws UnusableException {
    // Those that waited for others were the first when they were read before.
    if (!waitedFor.contains(record.offset()) && !isFirst(record, rollout)) {
      return;
    }
    ScoredSample sample = samples.convert(rollout, range.isLive() ? LaterScores.NONE : logged);
    Optional<String> problem = AbandonedGeneration.problem(rollout.getRollout(), abandoned);
    if (problem.isPresent()) {
      throw new UnusableException(problem.get());
    }
    known.put(
        sample.id(),
        new RecordOrigin(
            sample.id(),
            TraceParent.of(record.headers()),
            Instant.ofEpochMilli(record.timestamp())));
    List<SampleGroups.Member> whole = groups.add(record, sample);
    if (whole.stream().anyMatch(member -> bound.isExceeded(member.sample(), steps))) {
      refuse(whole);
    } else if (!whole.isEmpty() && signal.isMissing(samples, samplesOf(whole))) {
      setAside(whole);
    } else {
      whole.forEach(member -> gathered.add(member.sample()));
    }
  }

  /** Those that came so late, with those that are learned from beside them. */
  private void refuse(List<SampleGroups.Member> late) {
    for (SampleGroups.Member member : late) {
      known.remove(member.sample().id());
      reader
          .refusals()
          .add(member.record(), DeadLetterKind.STALE, bound.reason(member.sample(), steps), 1);
    }
  }

  private static List<ScoredSample> samplesOf(List<SampleGroups.Member> group) {
    return group.stream().map(SampleGroups.Member::sample).toList();
  }

  private void setAside(List<SampleGroups.Member> group) {
    for (SampleGroups.Member member : group) {
      known.remove(member.sample().id());
      reader
          .refusals()
          .add(
              member.record(),
              DeadLetterKind.SIGNAL,
              signal.reason(member.sample(), group.size()),
              range.isLive() ? 1 : 0); // for what is learned again admission releases nothing
    }
    long many = (long) BATCHES_WITHOUT_SIGNAL * batchSize;
    long before = setAside;
    setAside += group.size();
    if (before / many < setAside / many) {
      LOG.warn(
          "{} responses were set aside for one batch: the task is too easy or too hard for most"
              + " prompts; give it others, rewards of more than two values, or more"
              + " sampling.samples",
          setAside);
    }
  }

  @Override
  public void reached(long stepsDone) {
    steps = stepsDone;
  }

  private void giveUp(long offset) {
    for (SampleGroups.Member member : groups.giveUp(offset)) {
      known.remove(member.sample().id());
      reader
          .refusals()
          .add(
              member.record(),
              DeadLetterKind.GROUP,
              "another response to request "
                  + member.sample().requestId()
                  + " is missing, and this objective compares all of them",
              0); // with the missing one admission has counted the whole request
    }
  }

  private RolloutPosition positionNow() {
    List<Long> waiting = groups.waiting();
    return new RolloutPosition(
        reader.range(),
        waiting.isEmpty() ? reader.offset() : waiting.get(0),
        reader.offset(),
        waiting,
        logged.ends());
  }

  @Override
  public String described() {
    return reader.described();
  }

  @Override
  public SourcePosition position() {
    return position;
  }

  @Override
  public List<Refusal> takeRefusals() {
    return reader.refusals().take();
  }

  @Override
  public boolean holdsRefusalsBack() {
    Refusals held = reader.refusals();
    return held.areMany() || (range.isLive() && !held.isEmpty() && reader.isCaughtUp());
  }

  @Override
  public boolean waitsForSampling() {
    return range.isLive() && reader.isCaughtUp();
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
  public long waiting() {
    return reader.waiting();
  }

  @Override
  public TopicPartition partition() {
    return reader.partition();
  }

  @Override
  public long offset() {
    return position.offset();
  }

  @Override
  public OptionalLong totalBatches() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    logged.close();
    reader.close();
  }
}
