package org.rlhfstreams.cli.run;

import java.util.Locale;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.DatasetSummary;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;

/** The rule that a training needs a row of the kind that its objective learns from. */
final class UsableRows {
  private UsableRows() {}

  /**
   * Checks what files hold.
   *
   * @throws CommandException if the objective can learn from none of the rows
   */
  static void require(LearnerConfiguration learner, DatasetSummary summary) {
    TrainingObjective objective = learner.objective();
    if (learner.assistantOnlyLoss() && summary.conversations() == 0) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "learner.assistant-only-loss learns what the assistant says in conversations, and none"
                  + " of the %,d rows is one: give them messages, or leave the setting out",
              summary.goodRows()));
    }
    long usable =
        switch (objective.examples()) {
          case PAIRS -> summary.pairs();
          case LABELS -> summary.pairs() + summary.labelledRows();
          case TEXTS, ROLLOUTS, GROUPS -> summary.goodRows();
        };
    if (usable == 0) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "%s can learn from none of the %,d rows: it needs %s; train on them with sft, or name"
                  + " the columns that are meant with --map",
              objective.text(),
              summary.goodRows(),
              switch (objective.examples()) {
                case PAIRS -> "pairs, with the columns chosen and rejected";
                case LABELS -> "a label of each completion, or pairs";
                case TEXTS, ROLLOUTS, GROUPS -> "texts";
              }));
    }
  }
}
