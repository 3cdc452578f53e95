package org.rlhfstreams.cli.run;

import java.util.Locale;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.learner.validation.VersionEvaluations;
import org.rlhfstreams.model.files.TensorType;

/** What is told of a run that was evaluated on held-out prompts, and saved of it. */
final class EvaluatedRun {
  private EvaluatedRun() {}

  /** Saves the weights that did best beside the last ones, if any were evaluated. */
  static void saveBest(LearnerRun learner, RunDirectory run, TensorType type) {
    if (learner.evaluations().endsTheRun()) {
      System.out.printf(
          Locale.ROOT,
          "ended early: %d evaluations without a better %s%n",
          learner.evaluations().unimproved(),
          VersionEvaluations.REWARD);
    }
    learner
        .exportBest(run.best(), type)
        .ifPresent(
            best ->
                System.out.printf(
                    Locale.ROOT,
                    "saved %s: step %d, %s %.4f%n",
                    run.best(),
                    best.step(),
                    VersionEvaluations.REWARD,
                    best.figure()));
  }
}
