package org.rlhfstreams.topology.scores;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
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

  /** A look ends there, so that what is read does not wait for long. */
  private static final int MOST_AT_ONCE = 10_000;

  /** Decoded events that are kept; decoded they are some times as large. */
  private static final long RECENT_BYTES = 8_000_000;

  private final String rolloutTopic;
  private final String scoreTopic;
  private final ScoresSettings settings;
  private final List<String> awaited;
  private final ScoresListener listener;
  private final RecordDecoder<Rollout> rolloutDecoder;
  private final RecordDecoder<Score> scoreDecoder;
  private KeyValueStore<String, HeldRollout> rollouts;
  private KeyValueStore<String, KnownRollout> known;
  private KeyValueStore<String, String> due;
  private DoneOffsets done;
  private RunningClock clock;
  private RecentEvents recent;
  private String lookedAt = "";
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
    this.rolloutDecoder = new RecordDecoder<>(Rollout.class, serdes);
    this.scoreDecoder = new RecordDecoder<>(Score.class, serdes);
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    super.init(context);
    rollouts = context.getStateStore(ScoresTopology.ROLLOUTS);
    known = context.getStateStore(ScoresTopology.KNOWN);
    due = context.getStateStore(ScoresTopology.DUE);
    KeyValueStore<String, Long> counters = context.getStateStore(ScoresTopology.COUNTERS);
    done = new DoneOffsets(counters);
    clock = new RunningClock(counters);
    recent = new RecentEvents(RECENT_BYTES);
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
    Rollout rollout;
    try {
      rollout = rolloutDecoder.decode(place.topic(), record.value());
    } catch (UndecodableException e) {
      context().forward(RefusedRecord.undecodable(record, place, ScoresTopology.STAGE, e));
      return;
    }
    String id = rollout.getRolloutId();
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
    // The models' own limits are the scorers' matter: they know them.
    Optional<String> problem = RolloutRules.problem(rollout, Integer.MAX_VALUE, Integer.MAX_VALUE);
    if (problem.isPresent()) {
      lose(rollout, held, DeadLetterKind.RULE, problem.get(), record.timestamp());
      return;
    }
    KnownRollout here =
        KnownRollout.here(
            rollout.getRequestId(),
            rollout.getResponseTokenIds().size(),
            before == null ? List.of() : before.scores());
    if (here.scores().isEmpty()
        || !goOn(rollout, held, here, record.headers(), record.timestamp())) {
      rollouts.put(id, held);
      known.put(id, here);
      recent.keep(rollout, record.value().length);
    }
  }

  private void score(Record<String, byte[]> record, RecordMetadata place) {
    Score score;
    try {
      score = scoreDecoder.decode(place.topic(), record.value());
    } catch (UndecodableException e) {
      context().forward(RefusedRecord.undecodable(record, place, ScoresTopology.STAGE, e));
      return;
    }
    if (score.getRescored()) {
      return; // of a rollout that has long gone on; replay finds it in the log
    }
    String scorer = score.getScorer();
    if (!settings.isKnown(scorer) && ScoreRules.isName(scorer)) {
      return;
    }
    Optional<String> problem = ScoreRules.problem(score);
    boolean awaitedOne = settings.isAwaited(scorer) && !score.getRolloutId().isEmpty();
    if (problem.isPresent() && !awaitedOne) {
      refuse(record, place, problem.get());
      return;
    }
    take(record, place, score, problem);
  }

  /**
   * Adds a score to what is known of its rollout, if it is its scorer's first.
   *
   * @param problem of a required score: it has no other end than that it could not score
   */
  private void take(
      Record<String, byte[]> record, RecordMetadata place, Score score, Optional<String> problem) {
    String id = score.getRolloutId();
    KnownRollout before = known.get(id);
    if (before != null && (before.isClosed() || before.has(score.getScorer()))) {
      listener.late(score.getScorer());
      return;
    }
    Optional<String> failure = problem.or(() -> Optional.ofNullable(score.getFailure()));
    ReceivedScore received =
        failure.isPresent()
            ? ReceivedScore.failed(score.getScorer(), failure.get())
            : ReceivedScore.of(score.getScorer(), record.value());
    if (before != null && before.isHere() && !settings.isAwaited(score.getScorer())) {
      Optional<String> misfit =
          ScoreRules.problem(score, before.requestId(), before.responseTokens());
      if (misfit.isPresent()) {
        refuse(record, place, misfit.get());
        return;
      }
    }
    if (before == null) {
      expect(id);
    }
    KnownRollout after = before == null ? KnownRollout.awaited(received) : before.with(received);
    if (failure.isEmpty()) {
      recent.keep(score, record.value().length);
    }
    if (after.isHere() && isDecided(after)) {
      HeldRollout held = rollouts.get(id);
      if (goOn(decoded(id, held), held, after, record.headers(), record.timestamp())) {
        rollouts.delete(id);
        return;
      }
    }
    known.put(id, after);
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

  private Rollout decoded(String id, HeldRollout held) {
    return recent.rollout(id).orElseGet(() -> again(rolloutDecoder, rolloutTopic, held.value()));
  }

  private Score decoded(String id, ReceivedScore score) {
    return recent
        .score(id, score.scorer())
        .orElseGet(() -> again(scoreDecoder, scoreTopic, score.value()));
  }

  private static <T extends SpecificRecord> T again(
      RecordDecoder<T> decoder, String topic, byte[] value) {
    try {
      return decoder.decode(topic, value);
    } catch (UndecodableException e) {
      throw new IllegalStateException("an event that was read cannot be read again", e);
    }
  }

  /**
   * Lets a rollout go on, or be lost, if that is decided.
   *
   * @param headers of the record that decides it
   */
  private boolean goOn(
      Rollout rollout, HeldRollout held, KnownRollout state, Headers headers, long timestamp) {
    String id = rollout.getRolloutId();
    Map<String, Score> usable = new HashMap<>();
    for (ReceivedScore received : state.scores()) {
      boolean isAwaited = settings.isAwaited(received.scorer());
      Optional<String> problem =
          received
              .failure()
              .map(failure -> "%s cannot score it: %s".formatted(received.scorer(), failure));
      if (problem.isEmpty()) {
        Score score = decoded(id, received);
        problem = ScoreRules.problem(score, rollout);
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
    ScoredRollout scored = ScoredRollouts.of(rollout, usable, settings);
    Optional<String> problem = RolloutRules.problem(scored);
    if (problem.isPresent()) {
      lose(rollout, held, DeadLetterKind.SCORE, problem.get(), timestamp);
      return true;
    }
    Optional<TraceParent> trace = TraceParent.of(headers);
    context()
        .forward(
            new Record<>(
                rollout.getRequestId(),
                scored,
                timestamp,
                trace.isPresent() ? TraceParent.headers(trace) : held.headers()));
    listener.joined();
    close(id);
    commitSoon(); // learners see it only then
    return true;
  }

  private void close(String id) {
    known.put(id, KnownRollout.CLOSED);
    recent.forget(id);
  }

  /** One that measures a version is nobody's loss: admission has not counted it. */
  private void lose(
      Rollout rollout, HeldRollout held, DeadLetterKind kind, String reason, long timestamp) {
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
                rollout.getEvaluation() == null ? 1 : 0));
    close(rollout.getRolloutId());
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
    due.put(dueAt(time, id), id);
    lastDue = Math.max(lastDue, time);
  }

  /** In the order of time. */
  private static String dueAt(long time, String id) {
    return dueBefore(time) + "/" + id;
  }

  private static String dueBefore(long time) {
    return HexFormat.of().toHexDigits(time);
  }

  private void look(long wallClock) {
    List<KeyValue<String, String>> reached = new ArrayList<>();
    String end = dueBefore(clock.now() + 1);
    try (KeyValueIterator<String, String> all = due.range(lookedAt, end)) {
      while (all.hasNext() && reached.size() < MOST_AT_ONCE) {
        reached.add(all.next());
      }
    }
    // Not over again: a store steps over each record that was deleted.
    lookedAt = reached.size() < MOST_AT_ONCE ? end : reached.get(MOST_AT_ONCE - 1).key;
    for (KeyValue<String, String> one : reached) {
      due.delete(one.key);
      isDue(one.value, wallClock);
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
      recent.forget(id);
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
        decoded(id, held),
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
