package org.rlhfstreams.it;

import java.nio.file.Files;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests on Label Studio if it is not installed, and says in a line how to install it. */
final class LabelStudioNeeded implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (Files.isExecutable(LabelStudioServer.program())) {
      return ConditionEvaluationResult.enabled("Label Studio is installed");
    }
    String reason =
        LabelStudioServer.program()
            + " is not there: it-tests/label-studio/install puts it there, with pip";
    System.out.println("tests on Label Studio are skipped: " + reason);
    return ConditionEvaluationResult.disabled(reason);
  }
}
