package org.rlhfstreams.people.api;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.people.integrations.Revision;
import org.rlhfstreams.people.live.LiveViews;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;
import org.rlhfstreams.people.publish.RevisionChanges;
import org.rlhfstreams.people.publish.RevisionRule;
import org.rlhfstreams.schemas.Topics;

/** Publishes revisions of annotations by {@link RevisionRule}, each once. */
final class RevisionPublisher {
  private final LiveViews views;
  private final RevisionRule rule;
  private final PublishedOnce once;
  private final Topics topics;
  private final Map<String, CompletableFuture<Void>> underWay = new HashMap<>();

  RevisionPublisher(LiveViews views, PublishedOnce once, Topics topics) {
    this.views = views;
    this.rule = new RevisionRule(views.preferences(), views.judgements(), views.comparisons());
    this.once = once;
    this.topics = topics;
  }

  /**
   * Publishes what an annotation tool says now and takes back what it said before, both at once.
   * Revisions of one annotation are published one after the other, and so are one person's answers
   * to one question, since only the first counts.
   *
   * @return fails if nothing is taken now
   */
  CompletableFuture<SubmissionOutcome> revise(Revision revision, Instant now) {
    Set<String> turns = turns(revision);
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<?>[] before;
    synchronized (underWay) {
      before =
          turns.stream()
              .map(turn -> underWay.put(turn, mine))
              .filter(Objects::nonNull)
              .toArray(CompletableFuture<?>[]::new);
    }
    return CompletableFuture.allOf(before)
        .thenCompose(ended -> publish(revision, now)) // also fails if it throws
        .whenComplete(
            (decided, failure) -> {
              synchronized (underWay) {
                turns.forEach(turn -> underWay.remove(turn, mine));
              }
              mine.complete(null);
            });
  }

  private static Set<String> turns(Revision revision) {
    Set<String> turns = new HashSet<>(Set.of("annotation " + revision.annotation()));
    revision
        .answer()
        .map(answer -> "answer of " + answer.annotator() + " to " + answer.comparisonId())
        .ifPresent(turns::add);
    return turns;
  }

  /**
   * Refuses while nothing is taken.
   *
   * @throws ProblemException 503
   */
  void requireSession() {
    once.requireSession();
  }

  private CompletableFuture<SubmissionOutcome> publish(Revision revision, Instant now) {
    once.requireSession(); // before that the views may lack the revision before
    Optional<RevisionChanges> repair = rule.repair(revision, now);
    if (repair.isPresent()) {
      return once.publish(
              repair.get().records(topics),
              () -> repair.get().apply(views.preferences(), views.judgements()))
          .thenCompose(done -> publish(revision, now));
    }
    Optional<RevisionChanges> found = rule.changes(revision, now);
    if (found.isEmpty()) {
      return CompletableFuture.completedFuture(SubmissionOutcome.LATE);
    }
    RevisionChanges changes = found.get();
    String preferenceId = changes.said().getPreferenceId();
    ContentDigest content = PreferencesView.content(changes.said());
    PublishedOnce.Claim claim =
        new PublishedOnce.Claim(
            "revision " + preferenceId, "annotation " + revision.annotation(), content);
    return SubmissionOutcome.of(
        () ->
            once.publish(
                claim,
                () -> PublishedOnce.Known.of(views.preferences().find(preferenceId), content),
                () -> changes.records(topics),
                () -> changes.apply(views.preferences(), views.judgements())));
  }
}
