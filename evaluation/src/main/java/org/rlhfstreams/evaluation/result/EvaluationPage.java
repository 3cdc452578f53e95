package org.rlhfstreams.evaluation.result;

import java.nio.file.Path;
import java.util.Map;

/** The page of an evaluation. */
final class EvaluationPage {
  private EvaluationPage() {}

  /** Writes it. */
  static void write(Path file, PageContent content) {
    new SelfContainedPage(EvaluationPage.class, "evaluation.html")
        .write(file, Map.of("content", content));
  }
}
