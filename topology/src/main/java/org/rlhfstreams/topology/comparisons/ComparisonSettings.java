package org.rlhfstreams.topology.comparisons;

import java.util.List;

/**
 * What comparisons are chosen by.
 *
 * @param backlog questions open at a time, at most
 * @param randomShare share of the backlog for pairs taken at random, in [0, 1]; the others are
 *     those closest in score
 * @param expiry when a response is too old to be asked about
 * @param wantedJudgements people who answer a question
 * @param goldQuestions asked in turn, again and again; empty for none
 * @param goldShare share of gold questions among those opened, in [0, 1)
 * @param pendingPerPrompt rollouts of one prompt that wait for another, at most
 * @param pending rollouts that wait in all, at most
 */
public record ComparisonSettings(
    int backlog,
    PairedVersions versions,
    double randomShare,
    ComparisonExpiry expiry,
    int wantedJudgements,
    List<GoldQuestion> goldQuestions,
    double goldShare,
    int pendingPerPrompt,
    int pending) {
  /** Copies the list. */
  public ComparisonSettings {
    goldQuestions = List.copyOf(goldQuestions);
  }
}
