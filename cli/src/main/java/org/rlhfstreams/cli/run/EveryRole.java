package org.rlhfstreams.cli.run;

import org.rlhfstreams.controller.ControllerService;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.people.PeopleService;
import org.rlhfstreams.reward.RewardService;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.worker.EvaluationWorker;
import org.rlhfstreams.worker.RolloutWorker;

/** The rule that a process with all roles starts none before files and settings suit each. */
final class EveryRole {
  private EveryRole() {}

  /**
   * Checks them, the learner's first: it uses most.
   *
   * @throws org.rlhfstreams.common.ExplainedException naming what is wrong, where, and what to do
   */
  static void require(RlhfConfiguration configuration) {
    LearnerService.require(configuration);
    RolloutWorker.require(configuration);
    RewardService.require(configuration);
    MemoryNeeds needs =
        LearnerService.memory(configuration)
            .and(RolloutWorker.memory(configuration))
            .and(RewardService.memory(configuration));
    MachineMemory.require(
        LocalStack.isEvaluated(configuration)
            ? needs.and(EvaluationWorker.memory(configuration))
            : needs,
        "all roles in one process",
        configuration.operations().memoryCheck().goesOn());
    ControllerService.require(configuration);
    if (configuration.people().enabled()) {
      PeopleService.require(configuration);
    }
  }
}
