package org.rlhfstreams.evaluation.result;

import java.util.List;

/**
 * What a page shows, from the top.
 *
 * @param title its heading
 * @param figures the few numbers that matter
 * @param charts curves, points and bars
 * @param examplesTitle heading of the examples
 * @param examples responses side by side; none where nothing was written
 * @param table the lines that were printed
 */
public record PageContent(
    String title,
    List<Figure> figures,
    List<Chart> charts,
    String examplesTitle,
    List<Example> examples,
    List<String> table) {
  private static final String SAME_DRAWS = "The first prompts, with the same random draws";

  /** One whose examples are the first prompts. */
  public PageContent(
      String title,
      List<Figure> figures,
      List<Chart> charts,
      List<Example> examples,
      List<String> table) {
    this(title, figures, charts, SAME_DRAWS, examples, table);
  }

  /** A number and what it is. */
  public record Figure(String value, String label) {}

  /** A prompt and what was written after it, each with a label. */
  public record Example(String prompt, List<Side> sides) {}

  /** One response of an example. */
  public record Side(String label, String text) {}
}
