package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.people.access.Caller;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.desk.Desk;
import org.rlhfstreams.people.live.ComparisonsView;
import org.rlhfstreams.people.live.JudgementsView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/** Answers of people: given, taken back, counted. */
final class JudgementResource {
  /** A judgement every five seconds, for seven hours. */
  private static final int MOST_IN_A_DAY = 5_000;

  private final ComparisonsView comparisons;
  private final JudgementsView judgements;
  private final Desk desk;
  private final PublishedOnce once;
  private final String topic;
  private final Clock clock;

  JudgementResource(
      ComparisonsView comparisons,
      JudgementsView judgements,
      Desk desk,
      PublishedOnce once,
      String topic,
      Clock clock) {
    this.comparisons = comparisons;
    this.judgements = judgements;
    this.desk = desk;
    this.once = once;
    this.topic = topic;
    this.clock = clock;
  }

  Future<ApiResponse> submit(OperationRequest request) {
    JsonObject body = request.body();
    String annotator = request.caller().name();
    Judgement judgement =
        Judgement.newBuilder()
            // In one spelling: the same UUID is the same judgement.
            .setJudgementId(body.getString("judgementId").toLowerCase(Locale.ROOT))
            .setComparisonId(body.getString("comparisonId"))
            .setAnnotator(annotator)
            .setSwapped(body.getBoolean("swapped"))
            .setChoice(ShownChoice.named(body.getString("choice"), body.getBoolean("swapped")))
            .setMillisecondsSpent(body.getNumber("millisecondsSpent").longValue())
            .setComment(body.getString("comment"))
            .setJudgedAt(judgedAt(body))
            .build();
    PublishedOnce.Claim claim =
        new PublishedOnce.Claim(
            "judgement " + judgement.getJudgementId(),
            "answer of " + annotator + " to " + judgement.getComparisonId(),
            content(judgement));
    return request
        .when(
            once.publish(
                claim,
                () -> known(judgement),
                () -> {
                  requireOpen(judgement);
                  return List.of(record(judgement));
                },
                () -> {
                  judgements.apply(judgement);
                  desk.release(annotator, judgement.getComparisonId());
                }))
        .map(
            isNew ->
                ApiResponse.of(
                    isNew ? 201 : 200,
                    new JsonObject()
                        .put("judgementId", body.getString("judgementId"))
                        .put("comparisonId", judgement.getComparisonId())
                        .put("choice", body.getString("choice"))));
  }

  /** Clocks of clients go wrong; nothing was judged before it was asked, nor later than now. */
  private Instant judgedAt(JsonObject body) {
    Instant now = clock.instant();
    String text = body.getString("judgedAt");
    Instant said;
    try {
      said = text == null ? now : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw ProblemException.at(
          "judgedAt", 400, "No time", "write it as 2026-01-31T12:00:00Z, with seconds and zone");
    }
    Instant asked =
        comparisons
            .find(body.getString("comparisonId"))
            .map(Comparison::getCreatedAt)
            .orElse(Instant.EPOCH);
    Instant earliest = asked.isBefore(now) ? asked : now;
    return said.isAfter(now) ? now : said.isBefore(earliest) ? earliest : said;
  }

  private PublishedOnce.Known known(Judgement judgement) {
    Optional<Judgement> before = judgements.find(judgement.getJudgementId());
    if (before.isEmpty()) {
      return PublishedOnce.Known.NOTHING;
    }
    return !before.get().getWithdrawn() && content(before.get()).equals(content(judgement))
        ? PublishedOnce.Known.SAME
        : PublishedOnce.Known.OTHER;
  }

  private static ContentDigest content(Judgement judgement) {
    return ContentDigest.of(
        judgement.getComparisonId(),
        judgement.getAnnotator(),
        judgement.getChoice(),
        judgement.getSwapped(),
        judgement.getMillisecondsSpent(),
        judgement.getComment());
  }

  private void requireOpen(Judgement judgement) {
    String comparisonId = judgement.getComparisonId();
    if (judgements.hasJudged(judgement.getAnnotator(), comparisonId)) {
      throw ProblemException.at(
          "comparisonId", 409, "Judged before", "you have answered this question already");
    }
    if (comparisons.find(comparisonId).isPresent()
        || desk.liesBefore(judgement.getAnnotator(), comparisonId)
        || judgements.takenBack(judgement.getAnnotator()).contains(comparisonId)) {
      return;
    }
    if (comparisons.isClosed(comparisonId)) {
      throw ProblemException.at(
          "comparisonId", 410, "Closed", "this question has been answered, or has expired");
    }
    throw ProblemException.at(
        "comparisonId", 404, "No such question", "there is no question of this id");
  }

  Future<ApiResponse> withdraw(OperationRequest request) {
    String asked = request.path("judgementId");
    once.requireSession(); // before that the views may lack it
    Judgement judgement =
        judgements
            .find(asked)
            .or(() -> judgements.find(asked.toLowerCase(Locale.ROOT)))
            .filter(found -> mayWithdraw(request.caller(), found))
            .orElseThrow(
                () ->
                    ProblemException.at(
                        "judgementId", 404, "No such judgement", "you have none of this id"));
    Judgement withdrawn = withdrawn(judgement);
    String id = judgement.getJudgementId();
    String key = "withdrawal of judgement " + id;
    return request
        .when(
            once.publish(
                new PublishedOnce.Claim(key, key, content(judgement)),
                () ->
                    judgements.find(id).orElse(judgement).getWithdrawn()
                        ? PublishedOnce.Known.SAME
                        : PublishedOnce.Known.NOTHING,
                () -> List.of(record(withdrawn)),
                () -> judgements.apply(withdrawn)))
        .map(done -> ApiResponse.of(200, new JsonObject().put("judgementId", asked)));
  }

  private static boolean mayWithdraw(Caller caller, Judgement judgement) {
    return caller.role() == PersonRole.ADMIN || judgement.getAnnotator().equals(caller.name());
  }

  private static Judgement withdrawn(Judgement judgement) {
    return Judgement.newBuilder(judgement).setWithdrawn(true).build();
  }

  private ProducerRecord<String, Object> record(Judgement judgement) {
    return new ProducerRecord<>(topic, judgement.getComparisonId(), judgement);
  }

  Future<ApiResponse> mine(OperationRequest request) {
    String annotator = request.caller().name();
    List<Instant> times = judgements.newestTimes(annotator, MOST_IN_A_DAY);
    Instant now = clock.instant();
    Instant midnight =
        now.atOffset(ZoneOffset.UTC).toLocalDate().atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant hourAgo = now.minus(Duration.ofHours(1));
    JsonArray newest = new JsonArray();
    judgements
        .newest(annotator, (int) request.query("limit", 20))
        .forEach(judgement -> newest.add(json(judgement)));
    return Future.succeededFuture(
        ApiResponse.of(
            200,
            new JsonObject()
                .put("judgements", newest)
                .put("count", judgements.count(annotator))
                .put("today", since(times, midnight))
                .put("perHour", since(times, hourAgo))));
  }

  private static long since(List<Instant> times, Instant since) {
    return times.stream().filter(time -> !time.isBefore(since)).count();
  }

  private static JsonObject json(Judgement judgement) {
    return new JsonObject()
        .put("judgementId", judgement.getJudgementId())
        .put("comparisonId", judgement.getComparisonId())
        .put("choice", ShownChoice.of(judgement))
        .put("judgedAt", judgement.getJudgedAt().toString())
        .put("comment", judgement.getComment());
  }
}
