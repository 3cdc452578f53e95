package org.rlhfstreams.cli.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.rlhfstreams.cli.report.StepFigures;
import org.rlhfstreams.cli.report.StoryPair;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** What the starter model learns in a demo, and what is told of it. */
interface Demo {
  /** What it runs with; any flag, variable or file overrules it. */
  Overrides settings(RunDirectory run);

  /** Lines that are printed first. */
  List<String> introduction(Path output);

  /** The prompts that the policy samples from. */
  PromptImport.Source prompts();

  /** Prompts that no run samples from, to show the same one before and after. */
  List<String> shown();

  /** The same as held-out prompts, for a run that is evaluated while it learns. */
  default PromptImport.Source heldOut() {
    return prompts -> {
      int number = 0;
      for (String text : shown()) {
        prompts.accept(
            Prompt.newBuilder()
                .setPromptId("held-out-" + number++)
                .setText(text)
                .setHeldOut(true)
                .setSource("the demo")
                .setCreatedAt(Instant.now())
                .build());
      }
    };
  }

  /**
   * Prints what has come of it, and writes the report and its figures into the output.
   *
   * @param steps all of the run, in order
   * @param evaluations of versions on held-out prompts, in order
   */
  void tell(
      RlhfConfiguration configuration,
      List<StepFigures> steps,
      List<Outcome> evaluations,
      List<StoryPair> stories,
      Path output)
      throws IOException;
}
