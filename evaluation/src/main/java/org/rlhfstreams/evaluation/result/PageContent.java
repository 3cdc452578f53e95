package org.rlhfstreams.evaluation.result;

import java.util.List;

/**
 * What a page shows, from the top.
 *
 * @param title its heading
 * @param figures the few numbers that matter
 * @param charts curves, points and bars
 * @param examples responses side by side; none where nothing was written
 * @param table the lines that were printed
 */
public record PageContent(
    String title,
    List<Figure> figures,
    List<Chart> charts,
    List<Example> examples,
    List<String> table) {
  /** A number and what it is. */
  public record Figure(String value, String label) {}

  /** A prompt and what was written after it, each with a label. */
  public record Example(String prompt, List<Side> sides) {}

  /** One response of an example. */
  public record Side(String label, String text) {}
}
