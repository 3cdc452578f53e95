package org.rlhfstreams.people.publish;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.integrations.Revision;
import org.rlhfstreams.people.integrations.ToolAnswer;
import org.rlhfstreams.people.live.ComparisonsView;
import org.rlhfstreams.people.live.JudgementsView;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.people.live.PreferencesView.NewestRevision;
import org.rlhfstreams.schemas.RevisionId;

/**
 * The rule which revision of an annotation counts: the newest, by the instants of the tool's clock.
 * A deletion is newer than everything and final. Of two that say the same time the first stays. A
 * revision that says nothing, such as a deletion, is in the log too, as a withdrawal of its own id:
 * an older one that comes after it, also after a restart, is late.
 *
 * <p>Each annotation is a preference of its own, whatever becomes of the question that it answers.
 * While the question is known, its answer is a judgement too, with the same id, which closes it as
 * answers on our own page do.
 */
public final class RevisionRule {
  private final PreferencesView preferences;
  private final JudgementsView judgements;
  private final ComparisonsView comparisons;

  public RevisionRule(
      PreferencesView preferences, JudgementsView judgements, ComparisonsView comparisons) {
    this.preferences = preferences;
    this.judgements = judgements;
    this.comparisons = comparisons;
  }

  /**
   * What a revision changes; nothing if it is older than what is known. If the log has it already,
   * it changes nothing either: whether what it says is the same is the caller's matter.
   */
  public Optional<RevisionChanges> changes(Revision revision, Instant now) {
    RevisionId id = revision.id();
    Optional<NewestRevision> before = preferences.newestRevision(revision.annotation());
    if (before.isPresent() && before.get().at().isAfter(id.at())) {
      return Optional.empty();
    }
    Optional<NewestRevision> same = before.filter(earlier -> earlier.at().equals(id.at()));
    // The log may have the same instant in another spelling.
    String preferenceId = same.map(NewestRevision::preferenceId).orElseGet(id::text);
    Preference said =
        revision
            .preference()
            .map(
                preference ->
                    Preference.newBuilder(preference).setPreferenceId(preferenceId).build())
            .orElseGet(
                () ->
                    PreferenceWithdrawal.of(
                        preferenceId, revision.answer().map(ToolAnswer::comparisonId), now));
    List<Preference> published = new ArrayList<>();
    List<Judgement> answers = new ArrayList<>();
    Optional<String> earlier =
        same.isPresent() ? Optional.empty() : before.map(NewestRevision::preferenceId);
    earlier
        .filter(preferences::counts)
        .ifPresent(counting -> published.add(PreferenceWithdrawal.of(counting, now)));
    published.add(said);
    Optional<Judgement> standing = earlier.flatMap(judgements::standing);
    standing.map(RevisionRule::takenBack).ifPresent(answers::add);
    revision
        .answer()
        .filter(answer -> mayAnswer(answer, standing))
        .ifPresent(answer -> answers.add(judgement(preferenceId, answer, now)));
    return Optional.of(new RevisionChanges(published, answers));
  }

  /** What takes back an earlier revision of an annotation that counts beside a newer one. */
  public Optional<RevisionChanges> repair(Revision revision, Instant now) {
    return preferences
        .overtaken(revision.id())
        .map(
            id ->
                new RevisionChanges(
                    List.of(PreferenceWithdrawal.of(id, now)),
                    judgements.standing(id).map(RevisionRule::takenBack).stream().toList()));
  }

  private static Judgement takenBack(Judgement judgement) {
    return Judgement.newBuilder(judgement).setWithdrawn(true).build();
  }

  /** A person answers a question once; of further annotations the preference alone counts. */
  private boolean mayAnswer(ToolAnswer answer, Optional<Judgement> takenBack) {
    return comparisons.takesAnswers(answer.comparisonId())
        && judgements
            .standing(answer.annotator(), answer.comparisonId())
            .filter(other -> !other.equals(takenBack.map(Judgement::getJudgementId).orElse("")))
            .isEmpty();
  }

  /** Clocks of tools go wrong; nothing was judged later than now, nor before there was a run. */
  private static Judgement judgement(String id, ToolAnswer answer, Instant now) {
    Instant said = answer.at().isBefore(Instant.EPOCH) ? Instant.EPOCH : answer.at();
    return Judgement.newBuilder()
        .setJudgementId(id)
        .setComparisonId(answer.comparisonId())
        .setAnnotator(answer.annotator())
        .setChoice(answer.choice())
        .setJudgedAt(said.isAfter(now) ? now : said)
        .setMillisecondsSpent(0)
        .build();
  }
}
