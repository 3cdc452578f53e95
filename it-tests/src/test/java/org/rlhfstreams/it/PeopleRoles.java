package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rlhfstreams.cli.annotator.HttpAnnotator;
import org.rlhfstreams.evaluation.annotator.AnimalAnnotator;

/**
 * The roles of a run with people in it, in processes of their own: one learner for the policy, one
 * for the reward model, and someone who likes animals at the HTTP API.
 */
final class PeopleRoles {
  /** Who answers in {@link #judge}. */
  static final String ANNOTATOR = "ada";

  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Cluster cluster;
  private final RlhfProcess controller;
  private final RlhfProcess people;
  private final RlhfProcess rewardService;
  private final RlhfProcess worker;
  private final RlhfProcess policyLearner;
  private final RlhfProcess rewardLearner;
  private final HttpAnnotator annotator;
  private final String pages;

  /**
   * @param prompts file of prompts, where the demo's are not wanted
   * @param run settings that all roles share
   * @param rewardRun settings of the reward model's learner alone
   */
  PeopleRoles(Cluster cluster, List<String> prompts, List<String> run, List<String> rewardRun) {
    this.cluster = cluster;
    List<String> importing = new ArrayList<>(List.of("prompts", "import", "--once"));
    importing.addAll(prompts);
    assertThat(cluster.start(importing.toArray(String[]::new)).awaitExit()).isZero();
    List<String> roles = new ArrayList<>(run);
    roles.addAll(List.of("--people.enabled", "true", "--people.http-port", "0"));
    this.controller = start("controller", roles);
    this.people = start("people", roles);
    this.rewardService = start("reward-service", roles);
    this.policyLearner = start("learner", roles, "--learner.score-normalisation", "per-version");
    this.worker = start("rollout-worker", roles);
    List<String> reward = new ArrayList<>(rewardRun);
    reward.addAll(
        List.of(
            "--learner.objective",
            "reward",
            "--until",
            "never",
            "--learner.checkpoint-directory",
            "reward-checkpoints",
            "--learner.output",
            "reward-output"));
    this.rewardLearner = start("learner", reward);
    this.pages = people.awaitLine("pages at (http://\\S+)").group(1);
    this.annotator = new HttpAnnotator(pages, ANNOTATOR, new AnimalAnnotator());
  }

  private RlhfProcess start(String role, List<String> settings, String... more) {
    List<String> arguments = new ArrayList<>(List.of(role));
    arguments.addAll(settings);
    arguments.addAll(Arrays.asList(more));
    return cluster.start(arguments.toArray(String[]::new));
  }

  /** Answers questions as they come, with a pause after each; the judgements' ids, in order. */
  List<String> judge(int count, Duration pause) {
    List<String> judgements = new ArrayList<>();
    await(count + " questions are answered")
        .atMost(LONGEST.multipliedBy(2))
        .pollInterval(pause)
        .until(
            () -> {
              annotator.answerOne().ifPresent(judgements::add);
              return judgements.size() >= count;
            });
    return judgements;
  }

  /** Where a browser finds the pages. */
  String pages() {
    return pages;
  }

  /** Who serves the pages. */
  RlhfProcess people() {
    return people;
  }

  /** Ends all of them. */
  void interrupt() {
    List<RlhfProcess> all =
        List.of(worker, policyLearner, rewardLearner, rewardService, people, controller);
    for (RlhfProcess role : all) {
      role.interrupt();
    }
    for (RlhfProcess role : all) {
      role.awaitExit();
    }
  }
}
