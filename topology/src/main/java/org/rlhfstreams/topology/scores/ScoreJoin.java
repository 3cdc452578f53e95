package org.rlhfstreams.topology.scores;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.topology.DoneOffsets;
import org.rlhfstreams.topology.RefusedRecord;

/**
 * Joins rollouts with their scores, whichever come first. A rollout goes on once, when the last
 * score that is required has come; a scorer counts once for it. It is lost, with a dead letter that
 * counts it, if its parts do not agree, if a required scorer says that it cannot score it or breaks
 * a rule, and if one has not answered within the patience: a score is never made up. One that
 * measures a version of the policy goes on likewise, where no learner learns from it.
 *
 * <p>What is known of a rollout is forgotten when its patience is over, and most of it when it goes
 * on. Scores of scorers that no reward names are nobody's here, nor are those that were given to
 * rollouts of the past.
 */
final class ScoreJoin extends ContextualProcessor<String, byte[], String, Object> {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** A burst is over if no rollout has gone on for so long. */
  private static final Duration REST = Duration.ofMillis(20);

  private final String rolloutTopic;
  private final String scoreTopic;
  private final ScoresSettings settings;
  private final List<String> awaited;
  private final ScoresListener listener;
  private final RolloutReader rolloutReader;
  private final ScoreReader scoreReader;
  private KeyValueStore<String, HeldRollout> rollouts;
  private KeyValueStore<String, KnownRollout> known;
  private DueRollouts due;
  private DoneOffsets done;
  private RunningClock clock;
  private boolean uncommitted;
  private boolean inBurst;
  private long lastDue;

  ScoreJoin(
      String rolloutTopic,
      String scoreTopic,
      EventSerdes serdes,
      ScoresSettings settings,
      ScoresListener listener) {
    this.rolloutTopic = rolloutTopic;
    this.scoreTopic = scoreTopic;
    this.settings = settings;
    this.awaited = settings.awaited();
    this.listener = listener;
    this.rolloutReader = new RolloutReader(serdes);
    this.scoreReader = new ScoreReader(serdes);
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    super.init(context);
    rollouts = context.getStateStore(ScoresTopology.ROLLOUTS);
    known = context.getStateStore(ScoresTopology.KNOWN);
    due = new DueRollouts(context.getStateStore(ScoresTopology.DUE));
    KeyValueStore<String, Long> counters = context.getStateStore(ScoresTopology.COUNTERS);
    done = new DoneOffsets(counters);
    clock = new RunningClock(counters);
    lastDue = clock.now() + settings.patience().toMillis(); // by what was read before
    context.schedule(BETWEEN_LOOKS, PunctuationType.WALL_CLOCK_TIME, this::look);
    context.schedule(REST, PunctuationType.WALL_CLOCK_TIME, this::commitAtRest);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata place = context().recordMetadata().orElseThrow();
    if (!done.isNew(place)) {
      return;
    }
    if (place.topic().equals(scoreTopic)) {
      score(record, place);
    } else if (!settings.isScoredBefore(place.partition(), place.offset())) {
      rollout(record, place);
    }
  }

  private void rollout(Record<String, byte[]> record, RecordMetadata place) {
    RolloutParts rollout;
    Optional<String> problem;
    try {
      rollout = rolloutReader.read(place.topic(), record.value());
      // The models' own limits are the scorers' matter: they know them.
      problem =
          rollout.sound()
              ? Optional.empty()
              : RolloutRules.problem(
                  rolloutReader.decode(place.topic(), record.value()),
                  Integer.MAX_VALUE,
                  Integer.MAX_VALUE);
    } catch (UndecodableException e) {
      context().forward(RefusedRecord.undecodable(record, place, ScoresTopology.STAGE, e));
      return;
    }
    String id = rollout.rolloutId();
    KnownRollout before = known.get(id);
    if (before != null && (before.isClosed() || before.isHere())) {
      return;
    }
    HeldRollout held =
        new HeldRollout(
            place.partition(),
            place.offset(),
            record.timestamp(),
            clock.now(),
            record.key() == null ? "" : record.key(),
            TraceParent.of(record.headers()).map(TraceParent::text).orElse(""),
            record.value());
    if (before == null) {
      expect(id);
    }
    if (problem.isPresent()) {
      lose(rollout, held, DeadLetterKind.RULE, problem.get(), record.timestamp());
      return;
    }
    KnownRollout here =
        KnownRollout.here(
            rollout.requestId(),
            rollout.responseTokens(),
            before == null ? List.of() : before.scores());
    if (here.scores().isEmpty()
        || !goOn(rollout, held, here, record.headers(), record.timestamp())) {
      rollouts.put(id, held);
      known.put(id, here);
    }
  }

  private void score(Record<String, byte[]> record, RecordMetadata place) {
    ScoreParts score;
    Optional<String> problem = Optional.empty();
    Optional<String> failure = Optional.empty();
    try {
      score = scoreReader.read(place.topic(), record.value());
      if (!score.sound()) {
        Score event = scoreReader.decode(place.topic(), record.value());
        problem = ScoreRules.problem(event);
        failure = Optional.ofNullable(event.getFailure());
      }
    } catch (UndecodableException e) {
      context().forward(RefusedRecord.undecodable(record, place, ScoresTopology.STAGE, e));
      return;
    }
    if (score.rescored()) {
      return; // of a rollout that has long gone on; replay finds it in the log
    }
    String scorer = score.scorer();
    if (!settings.isKnown(scorer) && ScoreRules.isName(scorer)) {
      return;
    }
    boolean awaitedOne = settings.isAwaited(scorer) && !score.rolloutId().isEmpty();
    if (problem.isPresent() && !awaitedOne) {
      refuse(record, place, problem.get());
      return;
    }
    // A required score with a problem has no other end than that its scorer could not score.
    take(record, place, score, problem.isPresent() ? problem : failure);
  }

  /**
   * Adds a score to what is known of its rollout, if it is its scorer's first.
   *
   * @param failure why there is no value, if there is none
   */
  private void take(
      Record<String, byte[]> record,
      RecordMetadata place,
      ScoreParts score,
      Optional<String> failure) {
    String id = score.rolloutId();
    KnownRollout before = known.get(id);
    if (before != null && (before.isClosed() || before.has(score.scorer()))) {
      listener.late(score.scorer());
      return;
    }
    ReceivedScore received =
        failure.isPresent()
            ? ReceivedScore.failed(score.scorer(), failure.get())
            : ReceivedScore.of(score.scorer(), record.value());
    if (before != null && before.isHere() && !settings.isAwaited(score.scorer())) {
      Optional<String> misfit =
          misfit(score, record.value(), before.requestId(), before.responseTokens());
      if (misfit.isPresent()) {
        refuse(record, place, misfit.get());
        return;
      }
    }
    if (before == null) {
      expect(id);
    }
    KnownRollout after = before == null ? KnownRollout.awaited(received) : before.with(received);
    if (after.isHere() && isDecided(after)) {
      HeldRollout held = rollouts.get(id);
      if (goOn(again(held), held, after, record.headers(), record.timestamp())) {
        rollouts.delete(id);
        return;
      }
    }
    known.put(id, after);
  }

  /** What is wrong with a score as one of this rollout, if anything. */
  private Optional<String> misfit(
      ScoreParts score, byte[] value, String requestId, int responseTokens) {
    if (score.fits(requestId, responseTokens)) {
      return Optional.empty();
    }
    try {
      return ScoreRules.problem(scoreReader.decode(scoreTopic, value), requestId, responseTokens);
    } catch (UndecodableException e) {
      throw unreadable(e);
    }
  }

  /** Whether all are there that are required, or one of those says that it cannot score. */
  private boolean isDecided(KnownRollout rollout) {
    int there = 0;
    for (ReceivedScore score : rollout.scores()) {
      if (settings.isAwaited(score.scorer())) {
        if (score.failure().isPresent()) {
          return true;
        }
        there++;
      }
    }
    return there == awaited.size();
  }

  private RolloutParts again(HeldRollout held) {
    try {
      return rolloutReader.read(rolloutTopic, held.value());
    } catch (UndecodableException e) {
      throw unreadable(e);
    }
  }

  private ScoreParts again(ReceivedScore score) {
    try {
      return scoreReader.read(scoreTopic, score.value());
    } catch (UndecodableException e) {
      throw unreadable(e);
    }
  }

  private static IllegalStateException unreadable(UndecodableException cause) {
    return new IllegalStateException("an event that was read cannot be read again", cause);
  }

  /**
   * Lets a rollout go on, or be lost, if that is decided.
   *
   * @param headers of the record that decides it
   */
  private boolean goOn(
      RolloutParts rollout, HeldRollout held, KnownRollout state, Headers headers, long timestamp) {
    SortedMap<String, ScoreParts> usable = new TreeMap<>();
    for (ReceivedScore received : state.scores()) {
      boolean isAwaited = settings.isAwaited(received.scorer());
      Optional<String> problem =
          received
              .failure()
              .map(failure -> "%s cannot score it: %s".formatted(received.scorer(), failure));
      if (problem.isEmpty()) {
        ScoreParts score = again(received);
        problem = misfit(score, received.value(), rollout.requestId(), rollout.responseTokens());
        if (problem.isEmpty()) {
          usable.put(received.scorer(), score);
        }
      }
      if (problem.isPresent() && isAwaited) {
        listener.lost(received.scorer());
        lose(rollout, held, DeadLetterKind.SCORE, problem.get(), timestamp);
        return true;
      }
    }
    if (!usable.keySet().containsAll(awaited)) {
      return false;
    }
    JoinedRollout joined = new JoinedRollout(rollout, usable, settings);
    if (!Float.isFinite(joined.score())) { // a double may be; the others are by their own rules
      String problem = RolloutRules.problem(joined.event()).orElseThrow();
      lose(rollout, held, DeadLetterKind.SCORE, problem, timestamp);
      return true;
    }
    Optional<TraceParent> trace = TraceParent.of(headers);
    context()
        .forward(
            new Record<>(
                rollout.requestId(),
                joined,
                timestamp,
                trace.isPresent() ? TraceParent.headers(trace) : held.headers()));
    listener.joined();
    known.put(rollout.rolloutId(), KnownRollout.CLOSED);
    commitSoon(); // learners see it only then
    return true;
  }

  /** One that measures a version is nobody's loss: admission has not counted it. */
  private void lose(
      RolloutParts rollout, HeldRollout held, DeadLetterKind kind, String reason, long timestamp) {
    context()
        .forward(
            RefusedRecord.of(
                new Record<>(
                    held.key().isEmpty() ? null : held.key(),
                    held.value(),
                    timestamp,
                    held.headers()),
                rolloutTopic,
                held.partition(),
                held.offset(),
                ScoresTopology.STAGE,
                kind,
                reason,
                rollout.evaluates() ? 0 : 1));
    known.put(rollout.rolloutId(), KnownRollout.CLOSED);
    commitSoon(); // admission replaces it only then
  }

  /**
   * With the burst that it is part of, since a commit takes as long as the join of many rollouts;
   * of a burst that does not end, the commit interval's commits are soon enough.
   */
  private void commitSoon() {
    uncommitted = true;
    inBurst = true;
  }

  private void commitAtRest(long wallClock) {
    if (uncommitted && !inBurst) {
      context().commit();
      uncommitted = false;
    }
    inBurst = false;
  }

  private void refuse(Record<String, byte[]> record, RecordMetadata place, String reason) {
    context()
        .forward(
            RefusedRecord.of(record, place, ScoresTopology.STAGE, DeadLetterKind.SCORE, reason));
  }

  /** From now on something is known of a rollout; when it is due it is looked at again. */
  private void expect(String id) {
    expect(id, clock.now() + settings.patience().toMillis());
  }

  private void expect(String id, long time) {
    due.add(id, time);
    lastDue = Math.max(lastDue, time);
  }

  private void look(long wallClock) {
    for (String id : due.take(clock.now())) {
      isDue(id, wallClock);
    }
    clock.look(wallClock, lastDue >= clock.now());
  }

  private void isDue(String id, long wallClock) {
    KnownRollout waiting = known.get(id);
    if (waiting == null) {
      return;
    }
    if (!waiting.isHere()) {
      waiting.scores().forEach(score -> listener.unmatched(score.scorer()));
      known.delete(id);
      return;
    }
    HeldRollout held = rollouts.get(id);
    long until = held.since() + settings.patience().toMillis();
    if (until > clock.now()) {
      expect(id, until); // its scores came long before it
      return;
    }
    List<String> missing = new ArrayList<>(awaited);
    waiting.scores().forEach(score -> missing.remove(score.scorer()));
    missing.forEach(listener::lost);
    lose(
        again(held),
        held,
        DeadLetterKind.PATIENCE,
        "rollout %s has waited for rewards.patience = %s and has no score by %s: see rlhf status whether that scorer runs and keeps up; rlhf reward-service runs those of rewards, a program of your own writes to %s"
            .formatted(id, text(settings.patience()), String.join(", ", missing), scoreTopic),
        wallClock);
    rollouts.delete(id);
    expect(id); // what comes now is late
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
