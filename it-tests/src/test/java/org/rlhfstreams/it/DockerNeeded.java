package org.rlhfstreams.it;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests on containers where there is no Docker to run them, and says in a line why. */
final class DockerNeeded implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (!succeeds("docker", "info")) {
      return skipped("no Docker engine answers");
    }
    if (!succeeds("docker", "buildx", "version")) {
      return skipped("Docker has no buildx, which builds the roles' image");
    }
    for (String image :
        List.of(ContainerStack.RUNTIME, ContainerStack.KAFKA, ContainerStack.REGISTRY)) {
      if (!succeeds("docker", "image", "inspect", image) && !succeeds("docker", "pull", image)) {
        return skipped("the image " + image + " is not here and cannot be pulled");
      }
    }
    return ConditionEvaluationResult.enabled("Docker answers and has the images");
  }

  private static ConditionEvaluationResult skipped(String reason) {
    System.out.println("tests on containers are skipped: " + reason);
    return ConditionEvaluationResult.disabled(reason);
  }

  private static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
