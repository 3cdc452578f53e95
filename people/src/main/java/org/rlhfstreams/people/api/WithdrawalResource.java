package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.access.Caller;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.live.JudgementsView;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PreferenceWithdrawal;
import org.rlhfstreams.people.publish.PublishedOnce;
import org.rlhfstreams.people.publish.RevisionChanges;
import org.rlhfstreams.schemas.Topics;

/** Takes back what somebody said: all of one person, or one preference of an application. */
final class WithdrawalResource {
  private static final String APPLICATIONS = "application/";

  private final JudgementsView judgements;
  private final PreferencesView preferences;
  private final PublishedOnce once;
  private final Topics topics;
  private final Clock clock;

  WithdrawalResource(
      JudgementsView judgements,
      PreferencesView preferences,
      PublishedOnce once,
      Topics topics,
      Clock clock) {
    this.judgements = judgements;
    this.preferences = preferences;
    this.once = once;
    this.topics = topics;
    this.clock = clock;
  }

  /**
   * Of a person here, in an annotation tool ({@code label-studio/3}), or of an application's
   * ({@code shop/u17}): answers, and preferences that follow from no answer.
   */
  Future<ApiResponse> withdrawAnnotator(OperationRequest request) {
    once.requireSession(); // before that the views may lack some
    String annotator = request.path("annotator");
    List<Judgement> answers =
        judgements.by(annotator).stream()
            .map(judgement -> Judgement.newBuilder(judgement).setWithdrawn(true).build())
            .toList();
    List<String> preferred = preferences.counting(annotator);
    // A tool's answer and its preference have one id.
    Set<String> all =
        answers.stream()
            .map(Judgement::getJudgementId)
            .collect(Collectors.toCollection(TreeSet::new));
    all.addAll(preferred);
    ApiResponse answer = ApiResponse.of(200, new JsonObject().put("withdrawn", all.size()));
    if (all.isEmpty()) {
      return Future.succeededFuture(answer);
    }
    RevisionChanges changes =
        new RevisionChanges(
            preferred.stream().map(id -> PreferenceWithdrawal.of(id, clock.instant())).toList(),
            answers);
    return request
        .when(once.publish(changes.records(topics), () -> changes.apply(preferences, judgements)))
        .map(done -> answer);
  }

  Future<ApiResponse> withdrawPreference(OperationRequest request) {
    once.requireSession();
    String asked = request.path("preferenceId");
    String id = known(request.caller(), asked);
    Preference withdrawal = PreferenceWithdrawal.of(id, clock.instant());
    String key = "withdrawal of preference " + id;
    return request
        .when(
            once.publish(
                new PublishedOnce.Claim(key, key, PreferencesView.content(withdrawal)),
                () ->
                    preferences.counts(id) ? PublishedOnce.Known.NOTHING : PublishedOnce.Known.SAME,
                () -> List.of(new ProducerRecord<>(topics.preferences().name(), id, withdrawal)),
                () -> preferences.apply(withdrawal)))
        .map(done -> ApiResponse.of(200, new JsonObject().put("preferenceId", asked)));
  }

  /** An application's own; admins name those of others by their id in the log. */
  private String known(Caller caller, String asked) {
    List<String> may = new ArrayList<>(List.of(APPLICATIONS + caller.name() + "/" + asked));
    if (caller.role() == PersonRole.ADMIN && asked.startsWith(APPLICATIONS)) {
      may.add(asked);
    }
    return may.stream()
        .filter(id -> preferences.find(id).isPresent())
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.at(
                    "preferenceId", 404, "No such preference", "you have sent none of this id"));
  }
}
