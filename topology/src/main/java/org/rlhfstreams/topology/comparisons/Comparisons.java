package org.rlhfstreams.topology.comparisons;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.topology.ComparisonAnswers;
import org.rlhfstreams.topology.DoneOffsets;
import org.rlhfstreams.topology.RefusedRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens questions and closes them. The stores hold what is so; what is in memory is an order on it,
 * which a restart makes again.
 */
final class Comparisons extends ContextualProcessor<String, byte[], String, Object> {
  private static final Logger LOG = LoggerFactory.getLogger(Comparisons.class);

  private static final String GENERATION = "newest-generation";
  private static final String STEP = "newest-step";
  private static final String OPENED = "opened";
  private static final String GOLD_OPENED = "gold-opened";

  private static final String JUDGED = "judged";
  private static final String EXPIRED = "expired";
  private static final String REPLACED = "replaced";

  private final String judgementsTopic;
  private final RecordDecoder<ScoredRollout> rollouts;
  private final RecordDecoder<Judgement> judgements;
  private final ComparisonSettings settings;
  private final PairUsefulness usefulness;
  private final GoldShare goldShare;
  private final ComparisonBacklog backlog;
  private final PendingRollouts pending;

  /** Open and judged questions: the older version of each. */
  private final Map<String, WeightVersion> versions = new HashMap<>();

  private KeyValueStore<String, Comparison> questions;
  private KeyValueStore<String, List<Judgement>> answers;
  private KeyValueStore<String, ScoredRollout> waiting;
  private KeyValueStore<String, Long> counters;
  private DoneOffsets done;

  Comparisons(String judgementsTopic, EventSerdes serdes, ComparisonSettings settings) {
    this.judgementsTopic = judgementsTopic;
    this.rollouts = new RecordDecoder<>(ScoredRollout.class, serdes);
    this.judgements = new RecordDecoder<>(Judgement.class, serdes);
    this.settings = settings;
    this.usefulness = new PairUsefulness(settings.randomShare());
    this.goldShare = new GoldShare(settings.goldShare());
    this.backlog = new ComparisonBacklog(settings);
    this.pending = new PendingRollouts(settings);
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    super.init(context);
    questions = context.getStateStore(ComparisonTopology.QUESTIONS);
    answers = context.getStateStore(ComparisonTopology.ANSWERS);
    waiting = context.getStateStore(ComparisonTopology.PENDING);
    counters = context.getStateStore(ComparisonTopology.COUNTERS);
    done = new DoneOffsets(counters);
    remember();
  }

  /** Makes what is in memory from the stores. */
  private void remember() {
    backlog.clear();
    pending.clear();
    versions.clear();
    try (KeyValueIterator<String, Comparison> known = questions.all()) {
      while (known.hasNext()) {
        Comparison question = known.next().value;
        versions.put(question.getComparisonId(), olderVersion(question));
        if (question.getClosed() == null) {
          backlog.add(place(question));
        }
      }
    }
    List<String> surplus = new ArrayList<>();
    try (KeyValueIterator<String, ScoredRollout> known = waiting.all()) {
      while (known.hasNext()) {
        KeyValue<String, ScoredRollout> next = known.next();
        // Settings that allow fewer than before drop the oldest.
        surplus.addAll(pending.add(PendingRollout.of(next.value)));
      }
    }
    surplus.forEach(waiting::delete);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata from = context().recordMetadata().orElseThrow();
    if (!done.isNew(from)) {
      return;
    }
    String topic = from.topic();
    long now = record.timestamp();
    if (topic.equals(judgementsTopic)) {
      try {
        judged(judgements.decode(topic, record.value()), now);
      } catch (UndecodableException e) {
        // What becomes of judgements makes it a dead letter.
        LOG.debug("a record of {} answers nothing: {}", topic, e.getMessage());
      }
    } else {
      try {
        scored(rollouts.decode(topic, record.value()), now);
      } catch (UndecodableException e) {
        context().forward(RefusedRecord.undecodable(record, from, ComparisonTopology.STAGE, e));
      }
    }
    fill(now);
  }

  private void scored(ScoredRollout scored, long now) {
    Rollout rollout = scored.getRollout();
    if (RolloutRules.problem(rollout, Integer.MAX_VALUE, Integer.MAX_VALUE).isPresent()
        || RolloutRules.problem(scored).isPresent()) {
      return; // whoever would learn from it refuses it
    }
    PendingRollout arrived = PendingRollout.of(scored);
    if (WeightVersions.isNewer(arrived.version(), newest())) {
      counters.put(GENERATION, (long) arrived.version().getGeneration());
      counters.put(STEP, arrived.version().getStep());
      expire(now);
    }
    if (!settings.expiry().isExpired(arrived.version(), newest())
        && !pending.contains(arrived.rolloutId())) {
      waiting.put(arrived.rolloutId(), withoutNumbers(scored));
      pending.add(arrived).forEach(waiting::delete);
    }
  }

  /** What a question needs of a rollout. Copying all would cost more than everything else. */
  private static ScoredRollout withoutNumbers(ScoredRollout scored) {
    Rollout rollout = scored.getRollout();
    return ScoredRollout.newBuilder()
        .setRollout(
            Rollout.newBuilder()
                .setRolloutId(rollout.getRolloutId())
                .setRequestId(rollout.getRequestId())
                .setPromptId(rollout.getPromptId())
                .setSampleIndex(rollout.getSampleIndex())
                .setPromptText(rollout.getPromptText())
                .setPromptMessages(rollout.getPromptMessages())
                .setPromptTemplateVariables(rollout.getPromptTemplateVariables())
                .setPromptTokenIds(List.of())
                .setResponseText(rollout.getResponseText())
                .setResponseTokenIds(rollout.getResponseTokenIds())
                .setBehaviorLogProbabilities(List.of())
                .setModelLogProbabilities(null)
                .setSampling(rollout.getSampling())
                .setSegments(rollout.getSegments())
                .setFinishReason(rollout.getFinishReason())
                .setWorkerId(rollout.getWorkerId())
                .setStartedAt(rollout.getStartedAt())
                .setFinishedAt(rollout.getFinishedAt())
                .setSamples(rollout.getSamples())
                .build())
        .setScore(scored.getScore())
        .setRewardModelVersion(scored.getRewardModelVersion())
        .setReferenceLogProbabilities(List.of())
        .setKl(List.of())
        .setScoredAt(scored.getScoredAt())
        .build();
  }

  private void expire(long now) {
    pending.expire(newest()).forEach(waiting::delete);
    List<String> expired =
        versions.entrySet().stream()
            .filter(entry -> settings.expiry().isExpired(entry.getValue(), newest()))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    for (String comparisonId : expired) {
      if (backlog.contains(comparisonId)) {
        close(comparisonId, EXPIRED, now);
      }
      forget(comparisonId);
    }
  }

  private void judged(Judgement judgement, long now) {
    String comparisonId = judgement.getComparisonId();
    Comparison question = questions.get(comparisonId);
    if (question == null) {
      return; // expired, replaced or never asked: nothing to close
    }
    ComparisonAnswers before = answersTo(comparisonId);
    ComparisonAnswers after = before.with(judgement);
    if (after.equals(before)) {
      return;
    }
    answers.put(comparisonId, after.all());
    int counted = after.counted().size();
    boolean isEnough = counted >= question.getWantedJudgements();
    if (question.getClosed() != null) {
      if (!isEnough) {
        reopen(question, now);
      }
    } else if (isEnough) {
      close(comparisonId, JUDGED, now);
    } else {
      backlog.answered(comparisonId, counted > 0);
    }
  }

  /**
   * A judgement was taken back, so the question wants another one. It gets a place like any other
   * question; where there is none, it stays closed.
   */
  private void reopen(Comparison closed, long now) {
    Comparison question = Comparison.newBuilder(closed).setClosed(null).build();
    OpenQuestion wanted = place(question);
    Optional<ComparisonBacklog.Place> place = backlog.place(wanted.lane(), wanted.usefulness());
    if (place.isPresent()) {
      place.get().instead().ifPresent(other -> replace(other, now));
      backlog.add(wanted);
      publish(question, now);
    }
  }

  private void close(String comparisonId, String why, long now) {
    OpenQuestion gone = backlog.remove(comparisonId);
    Comparison question = questions.get(gone.comparisonId());
    publish(Comparison.newBuilder(question).setClosed(why).build(), now);
  }

  private void replace(String comparisonId, long now) {
    close(comparisonId, REPLACED, now);
    forget(comparisonId);
  }

  private void forget(String comparisonId) {
    versions.remove(comparisonId);
    questions.delete(comparisonId);
    answers.delete(comparisonId);
  }

  private void publish(Comparison question, long now) {
    questions.put(question.getComparisonId(), question);
    context().forward(new Record<>(question.getComparisonId(), question, now));
  }

  /** Opens questions until there is none that the backlog takes. */
  private void fill(long now) {
    boolean opened;
    do {
      opened = openGold(now) || openPair(now);
    } while (opened);
  }

  private boolean openGold(long now) {
    if (settings.goldQuestions().isEmpty()
        || !goldShare.isDue(counter(OPENED), counter(GOLD_OPENED))) {
      return false;
    }
    Comparison question = gold(counter(GOLD_OPENED), now);
    boolean opened = open(question, now);
    if (opened) {
      counters.put(GOLD_OPENED, counter(GOLD_OPENED) + 1);
    }
    return opened;
  }

  private boolean openPair(long now) {
    List<Lane> neediest =
        backlog.missing(Lane.RANDOM) > backlog.missing(Lane.CLOSE)
            ? List.of(Lane.RANDOM, Lane.CLOSE)
            : List.of(Lane.CLOSE, Lane.RANDOM);
    for (Lane lane : neediest) {
      Optional<CandidatePair> best = pending.best(lane);
      // A pair that is asked about already can only come again with the same rollouts.
      while (best.isPresent() && versions.containsKey(best.get().comparisonId())) {
        use(best.get());
        best = pending.best(lane);
      }
      if (best.isPresent() && backlog.place(lane, best.get().usefulness()).isPresent()) {
        Comparison question = question(best.get(), now);
        use(best.get());
        return open(question, now);
      }
    }
    return false;
  }

  private void use(CandidatePair pair) {
    for (String rolloutId : List.of(pair.firstRolloutId(), pair.secondRolloutId())) {
      pending.remove(rolloutId);
      waiting.delete(rolloutId);
    }
  }

  private boolean open(Comparison question, long now) {
    OpenQuestion wanted = place(question);
    Optional<ComparisonBacklog.Place> place = backlog.place(wanted.lane(), wanted.usefulness());
    if (place.isEmpty()) {
      return false;
    }
    place.get().instead().ifPresent(other -> replace(other, now));
    backlog.add(wanted);
    versions.put(question.getComparisonId(), olderVersion(question));
    counters.put(OPENED, counter(OPENED) + 1);
    publish(question, now);
    return true;
  }

  private Comparison question(CandidatePair pair, long now) {
    ScoredRollout first = waiting.get(pair.firstRolloutId());
    ScoredRollout second = waiting.get(pair.secondRolloutId());
    return Comparison.newBuilder()
        .setComparisonId(pair.comparisonId())
        .setPromptId(first.getRollout().getPromptId())
        .setPromptText(first.getRollout().getPromptText())
        .setPromptMessages(first.getRollout().getPromptMessages())
        .setPromptTemplateVariables(first.getRollout().getPromptTemplateVariables())
        .setFirst(response(first))
        .setSecond(response(second))
        .setReason(pair.lane().reason())
        .setCreatedAt(Instant.ofEpochMilli(now))
        .setWantedJudgements(settings.wantedJudgements())
        .build();
  }

  private static ComparedResponse response(ScoredRollout scored) {
    Rollout rollout = scored.getRollout();
    return ComparedResponse.newBuilder()
        .setRolloutId(rollout.getRolloutId())
        .setText(rollout.getResponseText())
        .setTokenIds(rollout.getResponseTokenIds())
        .setVersion(PendingRollout.finishedBy(rollout))
        .setScore(scored.getScore())
        .build();
  }

  /**
   * The gold question whose turn it is. Its ids are made like others and tell nothing; its version
   * is the newest seen, so that it expires like others.
   */
  private Comparison gold(long number, long now) {
    List<GoldQuestion> all = settings.goldQuestions();
    GoldQuestion asked = all.get((int) (number % all.size()));
    String promptId = IdentityHash.name("gold " + asked.prompt());
    String requestId = promptId + "/" + number;
    return Comparison.newBuilder()
        .setComparisonId(requestId + "/0|" + requestId + "/1")
        .setPromptId(promptId)
        .setPromptText(asked.prompt())
        .setFirst(goldResponse(requestId + "/0", asked.first()))
        .setSecond(goldResponse(requestId + "/1", asked.second()))
        .setReason(Lane.GOLD.reason())
        .setCreatedAt(Instant.ofEpochMilli(now))
        .setWantedJudgements(settings.wantedJudgements())
        .setExpected(asked.expected())
        .build();
  }

  private ComparedResponse goldResponse(String rolloutId, String text) {
    return ComparedResponse.newBuilder()
        .setRolloutId(rolloutId)
        .setText(text)
        .setTokenIds(List.of())
        .setVersion(newest())
        .build();
  }

  private OpenQuestion place(Comparison question) {
    String comparisonId = question.getComparisonId();
    Lane lane = Lane.of(question.getReason());
    double margin =
        lane == Lane.GOLD
            ? 0
            : Math.abs((double) question.getFirst().getScore() - question.getSecond().getScore());
    return new OpenQuestion(
        comparisonId,
        lane,
        usefulness.of(lane, comparisonId, margin),
        !answersTo(comparisonId).counted().isEmpty());
  }

  private static WeightVersion olderVersion(Comparison question) {
    WeightVersion first = question.getFirst().getVersion();
    WeightVersion second = question.getSecond().getVersion();
    return WeightVersions.isNewer(first, second) ? second : first;
  }

  private ComparisonAnswers answersTo(String comparisonId) {
    List<Judgement> known = answers.get(comparisonId);
    return new ComparisonAnswers(known == null ? List.of() : known);
  }

  private WeightVersion newest() {
    return new WeightVersion((int) counter(GENERATION), counter(STEP));
  }

  private long counter(String name) {
    Long value = counters.get(name);
    return value == null ? 0 : value;
  }
}
