package org.rlhfstreams.cli.status;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.cli.status.RunStatus.GroupState;
import org.rlhfstreams.cli.status.RunStatus.Wait;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.access.GroupNames;

/** The rule that whatever waits in a run has a line that says for what, and what to do. */
final class RunWaits {
  private final RunStatus status;
  private final Topics topics;
  private final List<Wait> waits = new ArrayList<>();

  private RunWaits(RunStatus status, Topics topics) {
    this.status = status;
    this.topics = topics;
  }

  /** Every wait, the first cause first; none if all is read. */
  static List<Wait> of(RunStatus status, Topics topics) {
    RunWaits found = new RunWaits(status, topics);
    found.pause();
    found.stage(
        GroupNames.TOPOLOGIES,
        topics.prompts().name(),
        "the controller",
        "rlhf controller starts one");
    found.stage(
        GroupNames.ROLLOUT_WORKERS,
        topics.rolloutRequests().name(),
        "a rollout worker",
        "rlhf rollout-worker starts one");
    found.evaluations();
    found.scorers();
    found.stage(
        GroupNames.TOPOLOGIES,
        topics.scores().name(),
        "the controller",
        "rlhf controller starts one");
    found.learners();
    return found.waits;
  }

  private void pause() {
    status
        .pause()
        .ifPresent(
            pause ->
                stuck(
                    "admission is paused, by %s at %s: no prompt is released until somebody resumes it, on the dashboard or by POST /api/v1/controls {\"action\": \"resume\"}"
                        .formatted(pause.by(), pause.at().truncatedTo(ChronoUnit.SECONDS))));
  }

  private void evaluations() {
    String group = topics.prefix() + GroupNames.EVALUATION_WORKERS;
    String requests = topics.evaluationRequests().name();
    String advice = "rlhf rollout-worker --rollout-worker.evaluation true starts one";
    if (status.groups().stream().anyMatch(one -> one.name().equals(group))) {
      stage(GroupNames.EVALUATION_WORKERS, requests, "an evaluation worker", advice);
    } else if (records(requests) > 0) {
      stuck(
          "%s for an evaluation worker, and none has begun: %s"
              .formatted(waiting(records(requests), requests), advice));
    }
  }

  private void scorers() {
    for (GroupState group : status.groups()) {
      if (group.name().startsWith(topics.prefix() + GroupNames.SCORERS)) {
        String role = group.name().substring(topics.prefix().length());
        String scorer = role.substring(GroupNames.SCORERS.length());
        stage(
            role,
            topics.rollouts().name(),
            "the scorer " + scorer,
            scorer.equals(ScoreRules.REFERENCE)
                ? "rlhf reward-service starts one"
                : "rlhf reward-service starts one, unless it is a program of your own: start that");
      }
    }
  }

  private void stage(String role, String topic, String who, String advice) {
    GroupState group =
        status.groups().stream()
            .filter(one -> one.name().equals(topics.prefix() + role))
            .findFirst()
            .orElseThrow();
    long lag = group.begun() ? group.lag(topic) : records(topic);
    if (lag == 0) {
      return;
    }
    if (group.members().isEmpty()) {
      stuck("%s for %s, and none is running: %s".formatted(waiting(lag, topic), who, advice));
    } else {
      waits.add(new Wait("%s for %s".formatted(waiting(lag, topic), who), false));
    }
  }

  private void learners() {
    boolean any = false;
    for (GroupState group : status.groups()) {
      if (group.name().startsWith(topics.prefix() + GroupNames.LEARNERS)) {
        any = true;
        String learner = group.name().substring(topics.prefix().length());
        group
            .lags()
            .forEach(
                lag ->
                    waits.add(
                        new Wait(waiting(lag.records(), lag.topic()) + " for " + learner, false)));
      }
    }
    long scored = records(topics.scoredRollouts().name());
    if (!any && scored > 0) {
      stuck(
          waiting(scored, topics.scoredRollouts().name())
              + " for a learner, and none has begun: rlhf learner starts one");
    }
    if (any && waits.isEmpty() && records(topics.prompts().name()) == 0) {
      stuck(topics.prompts().name() + " is empty: rlhf prompts import FILE publishes prompts");
    }
  }

  private void stuck(String line) {
    waits.add(new Wait(line, true));
  }

  private long records(String topic) {
    return status.topics().stream()
        .filter(one -> one.name().equals(topic))
        .mapToLong(one -> one.records().orElse(0))
        .sum();
  }

  private static String waiting(long records, String topic) {
    return String.format(
        Locale.ROOT,
        records == 1 ? "%,d record of %s waits" : "%,d records of %s wait",
        records,
        topic);
  }
}
