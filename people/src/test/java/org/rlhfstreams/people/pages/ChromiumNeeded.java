package org.rlhfstreams.people.pages;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests in a browser where there is none, and says in a line why. */
public final class ChromiumNeeded implements ExecutionCondition {
  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome");

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (browser().isEmpty() || driver().isEmpty()) {
      String reason =
          "chromium and chromedriver are not both on the PATH"
              + " (Debian: apt-get install chromium chromium-driver)";
      System.out.println("tests in a browser are skipped: " + reason);
      return ConditionEvaluationResult.disabled(reason);
    }
    return ConditionEvaluationResult.enabled("chromium is here");
  }

  static Optional<Path> browser() {
    return BROWSERS.stream().flatMap(ChromiumNeeded::onPath).findFirst();
  }

  static Optional<Path> driver() {
    return onPath("chromedriver").findFirst();
  }

  private static Stream<Path> onPath(String name) {
    String path = System.getenv("PATH");
    return path == null
        ? Stream.empty()
        : Arrays.stream(path.split(File.pathSeparator))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable);
  }
}
