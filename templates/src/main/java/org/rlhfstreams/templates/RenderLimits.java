package org.rlhfstreams.templates;

import java.util.Locale;

/**
 * How much one rendering may do before it ends with a {@link TemplateException}. Together the two
 * bound time and memory, whatever the template.
 *
 * @param maximumCharacters the longest text that may be printed or built, in UTF-16 units
 * @param maximumSteps statements run, operators applied, list elements made, and characters
 *     handled, sixteen of which count as one
 */
public record RenderLimits(int maximumCharacters, int maximumSteps) {
  /** Far above what a conversation needs, far below what hurts. */
  public static final RenderLimits DEFAULT = new RenderLimits(4_000_000, 5_000_000);

  public RenderLimits {
    if (maximumCharacters < 1 || maximumSteps < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "limits of a rendering are at least 1, not %d characters and %d steps",
              maximumCharacters,
              maximumSteps));
    }
  }
}
