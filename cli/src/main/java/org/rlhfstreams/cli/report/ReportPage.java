package org.rlhfstreams.cli.report;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.evaluation.result.SelfContainedPage;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;

/** The page of a run: curves, stories before and after, configuration and versions. */
public final class ReportPage {
  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param evaluations of versions on held-out prompts, in order
   * @param changes of the rewards that the page is to show one by one; if none, it shows how
   *     cheerful the responses are
   * @param configuration as YAML, secrets masked
   */
  public static void write(
      Path file,
      List<StepFigures> steps,
      List<Outcome> evaluations,
      RunSummary summary,
      List<ScoreChange> changes,
      List<StoryPair> stories,
      String configuration) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("steps", steps);
    data.put("evaluations", evaluations);
    data.put("summary", summary);
    data.put("rewardRise", summary.rewardRise());
    data.put("changes", changes);
    data.put("stories", stories);
    data.put("configuration", configuration);
    new SelfContainedPage(ReportPage.class, "report.html").write(file, data);
  }
}
