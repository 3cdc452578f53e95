package org.rlhfstreams.topology.judgements;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.DeadLetterSize;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.topology.ComparisonAnswers;
import org.rlhfstreams.topology.DoneOffsets;
import org.rlhfstreams.topology.RefusedRecord;

/**
 * Counts judgements. What closed a comparison does not matter here: whoever answered has done the
 * work, so an answer that crossed the closing counts. Comparisons with answers are kept for as long
 * as an answer may be taken back, which is for ever; the others are forgotten once closed.
 */
final class Judgements extends ContextualProcessor<String, byte[], String, Object> {
  /** The key of the figures of all annotators together. */
  private static final String ALL = "";

  /** Judgements that may wait for one comparison. */
  static final int MOST_WAITING = 100;

  private static final int LOOKS_DURING_WAIT = 10;

  private final String judgementsTopic;
  private final RecordDecoder<Comparison> comparisonDecoder;
  private final RecordDecoder<Judgement> judgementDecoder;
  private final JudgementSettings settings;

  private KeyValueStore<String, Comparison> comparisons;
  private KeyValueStore<String, List<Judgement>> answers;
  private KeyValueStore<String, String> judgementIds;
  private KeyValueStore<String, Preference> preferences;
  private KeyValueStore<String, AnnotatorFigures> annotators;
  private KeyValueStore<String, KrippendorffAlpha> agreement;
  private KeyValueStore<String, List<DeadLetter>> waiting;
  private KeyValueStore<String, String> due;
  private DoneOffsets done;

  Judgements(String judgementsTopic, EventSerdes serdes, JudgementSettings settings) {
    this.judgementsTopic = judgementsTopic;
    this.comparisonDecoder = new RecordDecoder<>(Comparison.class, serdes);
    this.judgementDecoder = new RecordDecoder<>(Judgement.class, serdes);
    this.settings = settings;
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    super.init(context);
    comparisons = context.getStateStore(JudgementTopology.COMPARISONS);
    answers = context.getStateStore(JudgementTopology.ANSWERS);
    judgementIds = context.getStateStore(JudgementTopology.JUDGEMENT_IDS);
    preferences = context.getStateStore(JudgementTopology.PREFERENCES);
    annotators = context.getStateStore(JudgementTopology.ANNOTATORS);
    agreement = context.getStateStore(JudgementTopology.AGREEMENT);
    waiting = context.getStateStore(JudgementTopology.WAITING);
    due = context.getStateStore(JudgementTopology.DUE);
    done = new DoneOffsets(context.getStateStore(JudgementTopology.DONE));
    context.schedule(
        Duration.ofMillis(Math.max(1, settings.patience().toMillis() / LOOKS_DURING_WAIT)),
        PunctuationType.STREAM_TIME,
        this::lookAtWhatIsDue);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata place = context().recordMetadata().orElseThrow();
    if (!done.isNew(place)) {
      return;
    }
    String topic = place.topic();
    try {
      if (topic.equals(judgementsTopic)) {
        Judgement judgement = judgementDecoder.decode(topic, record.value());
        judged(judgement, record);
      } else {
        asked(comparisonDecoder.decode(topic, record.value()), record.timestamp());
      }
    } catch (UndecodableException e) {
      forward(letter(record, DeadLetterKind.UNDECODABLE, e.getMessage()));
    }
  }

  private DeadLetter letter(Record<String, byte[]> record, DeadLetterKind kind, String reason) {
    return RefusedRecord.of(
            record, context().recordMetadata().orElseThrow(), JudgementTopology.STAGE, kind, reason)
        .value();
  }

  private void forward(DeadLetter letter) {
    context()
        .forward(new Record<>(letter.getTopic(), letter, letter.getRefusedAt().toEpochMilli()));
  }

  private void asked(Comparison comparison, long now) {
    String comparisonId = comparison.getComparisonId();
    boolean isNew = comparisons.get(comparisonId) == null;
    comparisons.put(
        comparisonId,
        Comparison.newBuilder(comparison)
            .setFirst(withoutTokens(comparison.getFirst()))
            .setSecond(withoutTokens(comparison.getSecond()))
            .build());
    if (isNew) {
      answerWhatWaited(comparison, now);
    }
    if (comparison.getClosed() != null && answers.get(comparisonId) == null) {
      lookAgain(comparisonId, now);
    }
  }

  private static ComparedResponse withoutTokens(ComparedResponse response) {
    return ComparedResponse.newBuilder(response).setTokenIds(List.of()).build();
  }

  private void answerWhatWaited(Comparison comparison, long now) {
    List<DeadLetter> letters = waiting.delete(comparison.getComparisonId());
    if (letters == null) {
      return;
    }
    for (DeadLetter letter : letters) {
      ByteBuffer value = letter.getValue().duplicate();
      byte[] bytes = new byte[value.remaining()];
      value.get(bytes);
      Judgement judgement;
      try {
        judgement = judgementDecoder.decode(letter.getTopic(), bytes);
      } catch (UndecodableException e) {
        throw new IllegalStateException("a judgement that was decoded before no longer is one", e);
      }
      answer(
          comparison,
          judgement,
          new Occasion(
              now,
              TraceParent.headers(Optional.empty()),
              reason ->
                  DeadLetterSize.fitted(DeadLetter.newBuilder(letter).setReason(reason).build())));
    }
  }

  private void judged(Judgement judgement, Record<String, byte[]> record) {
    String comparisonId = judgement.getComparisonId();
    if (judgement.getAnnotator().isEmpty()) {
      forward(
          letter(
              record,
              DeadLetterKind.RULE,
              "judgement %s names no annotator; say who judged"
                  .formatted(judgement.getJudgementId())));
      return;
    }
    Comparison comparison = comparisons.get(comparisonId);
    if (comparison == null) {
      waitForComparison(judgement, record);
      return;
    }
    answer(
        comparison,
        judgement,
        new Occasion(
            record.timestamp(),
            TraceParent.headers(TraceParent.of(record.headers())),
            reason -> letter(record, DeadLetterKind.RULE, reason)));
  }

  /**
   * What a judgement is counted on.
   *
   * @param now event time, in milliseconds
   * @param headers of the preference that follows
   * @param refusal makes the judgement's dead letter, given the reason
   */
  private record Occasion(long now, Headers headers, Function<String, DeadLetter> refusal) {}

  private void waitForComparison(Judgement judgement, Record<String, byte[]> record) {
    String comparisonId = judgement.getComparisonId();
    DeadLetter letter =
        letter(
            record,
            DeadLetterKind.RULE,
            String.format(
                Locale.ROOT,
                "judgement %s answers comparison %s, of which no record has come within %d s: it was never asked, or it closed unanswered longer ago; check the comparison id",
                judgement.getJudgementId(),
                comparisonId,
                settings.patience().toSeconds()));
    List<DeadLetter> known = waiting.get(comparisonId);
    List<DeadLetter> letters = new ArrayList<>(known == null ? List.of() : known);
    if (letters.size() >= MOST_WAITING) {
      forward(letter);
      return;
    }
    letters.add(letter);
    if (!DeadLetterSize.fit(letters)) {
      forward(
          letter(
              record,
              DeadLetterKind.RULE,
              "judgement %s is too large to wait for comparison %s, which it answers and which is not known here: shorten it, or send it once the comparison is open"
                  .formatted(judgement.getJudgementId(), comparisonId)));
      return;
    }
    waiting.put(comparisonId, letters);
    lookAgain(comparisonId, record.timestamp());
  }

  private void answer(Comparison comparison, Judgement judgement, Occasion occasion) {
    String judgementId = judgement.getJudgementId();
    String comparisonId = comparison.getComparisonId();
    String other = judgementIds.putIfAbsent(judgementId, comparisonId);
    if (other != null && !other.equals(comparisonId)) {
      forward(
          occasion
              .refusal()
              .apply(
                  "judgement %s of comparison %s has the id of a judgement of %s; each needs its own"
                      .formatted(judgementId, comparisonId, other)));
      return;
    }
    List<Judgement> known = answers.get(comparisonId);
    ComparisonAnswers before = new ComparisonAnswers(known == null ? List.of() : known);
    ComparisonAnswers.Effect effect = before.effect(judgement);
    if (effect == ComparisonAnswers.Effect.SECOND) {
      forward(
          occasion
              .refusal()
              .apply(
                  "judgement %s is a second one by %s of comparison %s; the first must be taken back before"
                      .formatted(judgementId, judgement.getAnnotator(), comparisonId)));
      return;
    }
    ComparisonAnswers after = before.with(judgement);
    if (after.equals(before)) {
      return;
    }
    answers.put(comparisonId, after.all());
    count(comparison, before, after, occasion.now());
    decide(comparison, after, occasion);
  }

  private void count(
      Comparison comparison, ComparisonAnswers before, ComparisonAnswers after, long now) {
    KrippendorffAlpha known = agreement.get(ALL);
    KrippendorffAlpha alpha = known == null ? Agreement.none() : known;
    alpha.remove(Agreement.counts(before));
    alpha.add(Agreement.counts(after));
    agreement.put(ALL, alpha);

    Map<String, AnnotatorFigures> lost = AnnotatorFigures.of(comparison, before);
    Map<String, AnnotatorFigures> gained = AnnotatorFigures.of(comparison, after);
    Set<String> concerned = new TreeSet<>(lost.keySet());
    concerned.addAll(gained.keySet());
    AnnotatorFigures all = figures(ALL);
    boolean changed = false;
    for (String annotator : concerned) {
      AnnotatorFigures minus = lost.getOrDefault(annotator, AnnotatorFigures.NONE);
      AnnotatorFigures plus = gained.getOrDefault(annotator, AnnotatorFigures.NONE);
      if (!minus.equals(plus)) {
        AnnotatorFigures figures = figures(annotator).minus(minus).plus(plus);
        all = all.minus(minus).plus(plus);
        changed = true;
        annotators.put(annotator, figures);
        OptionalDouble agreed =
            figures.shared() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) figures.agreed() / figures.shared());
        publish(annotator, figures, weight(figures), agreed, now);
      }
    }
    if (changed) {
      annotators.put(ALL, all);
      publish(ALL, all, 1, alpha.value(), now);
    }
  }

  private void publish(
      String annotator, AnnotatorFigures figures, double weight, OptionalDouble agreed, long now) {
    AnnotatorStatistics statistics =
        AnnotatorStatistics.newBuilder()
            .setAnnotator(annotator)
            .setJudgements(figures.judgements())
            .setTies(figures.ties())
            .setSkips(figures.skips())
            .setGoldAnswered(figures.goldAnswered())
            .setGoldRight(figures.goldRight())
            .setWeight(weight)
            .setAgreement(agreed.isPresent() ? agreed.getAsDouble() : null)
            .setUpdatedAt(Instant.ofEpochMilli(now))
            .build();
    context().forward(new Record<>(annotator, statistics, now));
  }

  private AnnotatorFigures figures(String annotator) {
    AnnotatorFigures known = annotators.get(annotator);
    return known == null ? AnnotatorFigures.NONE : known;
  }

  private double weight(AnnotatorFigures figures) {
    return settings.weight().of(figures.goldRight(), figures.goldAnswered());
  }

  private void decide(Comparison comparison, ComparisonAnswers after, Occasion occasion) {
    String comparisonId = comparison.getComparisonId();
    Preference published = preferences.get(comparisonId);
    Optional<Preference> decided =
        ComparisonPreference.of(
            comparison,
            after,
            annotator -> weight(figures(annotator)),
            Instant.ofEpochMilli(occasion.now()));
    if (published != null && ComparisonPreference.holds(published, decided, after)) {
      return;
    }
    // Also where the choice stays: whoever has the one before would pass over another of its id.
    if (published != null) {
      publish(
          Preference.newBuilder(published)
              .setWithdrawn(true)
              .setCreatedAt(Instant.ofEpochMilli(occasion.now()))
              .build(),
          occasion);
      preferences.delete(comparisonId);
    }
    if (decided.isPresent()) {
      publish(decided.get(), occasion);
      preferences.put(comparisonId, decided.get());
    }
  }

  private void publish(Preference preference, Occasion occasion) {
    context()
        .forward(
            new Record<>(
                preference.getPreferenceId(), preference, occasion.now(), occasion.headers()));
  }

  /** What concerns a comparison is looked at once the wait is over. */
  private void lookAgain(String comparisonId, long now) {
    due.put(dueKey(now + settings.patience().toMillis(), comparisonId), comparisonId);
  }

  private static String dueKey(long time, String comparisonId) {
    return String.format(Locale.ROOT, "%019d %s", time, comparisonId);
  }

  private void lookAtWhatIsDue(long streamTime) {
    List<KeyValue<String, String>> over = new ArrayList<>();
    try (KeyValueIterator<String, String> known = due.range(null, dueKey(streamTime, ""))) {
      known.forEachRemaining(over::add);
    }
    for (KeyValue<String, String> one : over) {
      due.delete(one.key);
      bury(one.value, streamTime);
      forget(one.value);
    }
  }

  private void bury(String comparisonId, long streamTime) {
    List<DeadLetter> letters = waiting.get(comparisonId);
    if (letters == null) {
      return;
    }
    List<DeadLetter> left = new ArrayList<>();
    for (DeadLetter letter : letters) {
      if (letter.getRefusedAt().plus(settings.patience()).toEpochMilli() < streamTime) {
        forward(letter);
      } else {
        left.add(letter);
      }
    }
    if (left.isEmpty()) {
      waiting.delete(comparisonId);
    } else {
      waiting.put(comparisonId, left);
    }
  }

  private void forget(String comparisonId) {
    Comparison comparison = comparisons.get(comparisonId);
    if (comparison != null && comparison.getClosed() != null && answers.get(comparisonId) == null) {
      comparisons.delete(comparisonId);
    }
  }
}
