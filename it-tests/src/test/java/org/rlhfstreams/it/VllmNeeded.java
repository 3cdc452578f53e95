package org.rlhfstreams.it;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests where no vLLM is installed, and says so in a line. */
final class VllmNeeded implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (VllmProcess.isInstalled()) {
      return ConditionEvaluationResult.enabled("vLLM is installed");
    }
    String reason =
        "there is no vLLM in "
            + VllmProcess.directory()
            + ": it-tests/vllm/install puts it there, with pip";
    System.out.println("tests on vLLM are skipped: " + reason);
    return ConditionEvaluationResult.disabled(reason);
  }
}
