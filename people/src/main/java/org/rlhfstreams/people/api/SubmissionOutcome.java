package org.rlhfstreams.people.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.rlhfstreams.people.problems.ProblemException;

/**
 * What became of one of many that were sent together.
 *
 * @param kind what became of it
 * @param problem why it is refused
 */
record SubmissionOutcome(Kind kind, Optional<ProblemException> problem) {
  /** Older than what is known: it changes nothing and is not counted. */
  static final SubmissionOutcome LATE = new SubmissionOutcome(Kind.LATE, Optional.empty());

  /** What may become of it. */
  enum Kind {
    NEW,
    REPEATED,
    REFUSED,
    LATE
  }

  static SubmissionOutcome refused(ProblemException problem) {
    return new SubmissionOutcome(Kind.REFUSED, Optional.of(problem));
  }

  /**
   * Publishes, and takes a refusal for an outcome; fails if nothing is taken now.
   *
   * @param publication completes with whether it is new; may throw a {@link ProblemException}
   */
  static CompletableFuture<SubmissionOutcome> of(Supplier<CompletableFuture<Boolean>> publication) {
    try {
      return publication
          .get()
          .thenApply(
              isNew -> new SubmissionOutcome(isNew ? Kind.NEW : Kind.REPEATED, Optional.empty()));
    } catch (ProblemException e) {
      return e.status() >= 500
          ? CompletableFuture.failedFuture(e)
          : CompletableFuture.completedFuture(refused(e));
    }
  }

  /**
   * Completes when all are decided, with the answer that counts them; fails if one is not decided.
   */
  static CompletableFuture<ApiResponse> answer(
      List<CompletableFuture<SubmissionOutcome>> outcomes) {
    return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
        .thenApply(done -> answerOf(outcomes.stream().map(CompletableFuture::join).toList()));
  }

  private static ApiResponse answerOf(List<SubmissionOutcome> outcomes) {
    JsonArray refused = new JsonArray();
    for (int i = 0; i < outcomes.size(); i++) {
      int index = i;
      outcomes
          .get(i)
          .problem()
          .ifPresent(
              problem ->
                  refused.add(
                      new JsonObject()
                          .put("index", index)
                          .put("field", problem.field().orElse(null))
                          .put("detail", problem.getMessage())));
    }
    return ApiResponse.of(
        200,
        new JsonObject()
            .put("accepted", count(outcomes, Kind.NEW))
            .put("repeated", count(outcomes, Kind.REPEATED))
            .put("refused", refused));
  }

  private static long count(List<SubmissionOutcome> outcomes, Kind kind) {
    return outcomes.stream().filter(outcome -> outcome.kind() == kind).count();
  }
}
