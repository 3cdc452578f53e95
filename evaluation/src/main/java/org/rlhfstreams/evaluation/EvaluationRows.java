package org.rlhfstreams.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.datasets.DatasetSummary;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.UnusableException;

/**
 * A data set as examples. What is in the files is said on standard error, and what is left out with
 * its reason.
 *
 * @param sources file and row of each example
 * @param examples at least one
 * @param leftOut rows that are none
 */
record EvaluationRows<E>(List<String> sources, List<E> examples, int leftOut) {
  private static final int SHOWN = 3;

  /** From a row to an example. */
  interface Converter<E> {
    /**
     * Converts one.
     *
     * @throws UnusableException where it is none
     */
    E convert(Preference preference) throws UnusableException;
  }

  /**
   * Reads all.
   *
   * @param strict whether one bad row is one too many
   * @throws ExplainedException if a file cannot be read, too many rows are bad, or none is left
   */
  static <E> EvaluationRows<E> read(
      PreferenceDataset data, boolean strict, Converter<E> converter) {
    DatasetSummary summary = data.check();
    summary.print(System.err::println);
    List<String> sources = new ArrayList<>();
    List<E> examples = new ArrayList<>();
    List<String> unusable = new ArrayList<>();
    data.forEach(
        preference -> {
          try {
            examples.add(converter.convert(preference));
            sources.add(preference.getSource());
          } catch (UnusableException e) {
            unusable.add(preference.getSource() + ": " + e.getMessage());
          }
        },
        row -> {});
    if (!unusable.isEmpty()) {
      System.err.printf("%,d rows cannot be measured%n", unusable.size());
      unusable.stream().limit(SHOWN).forEach(line -> System.err.println("  " + line));
    }
    int leftOut = Math.toIntExact(summary.badRows()) + unusable.size();
    if (strict && leftOut > 0) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "%,d rows are left out and --strict was given: mend them, or leave --strict out",
              leftOut));
    }
    if (examples.isEmpty()) {
      throw new ExplainedException("no row can be measured; " + unusable.get(0));
    }
    return new EvaluationRows<>(sources, examples, leftOut);
  }
}
