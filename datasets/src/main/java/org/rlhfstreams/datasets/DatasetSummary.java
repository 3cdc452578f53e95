package org.rlhfstreams.datasets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;

/** What a data set holds: shapes, good rows, and bad ones by their fault. */
public final class DatasetSummary {
  private static final int EXAMPLES = 3;

  private final Map<String, String> shapes = new LinkedHashMap<>();
  private final Map<String, Integer> faults = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();
  private long good;
  private long pairs;
  private long labelled;
  private long conversations;
  private long bad;

  void shape(String file, String shape) {
    shapes.put(file, shape);
  }

  void good() {
    good++;
  }

  void good(Preference preference) {
    good();
    if (!preference.getMessages().isEmpty() || !preference.getChosenMessages().isEmpty()) {
      conversations++;
    }
    if (preference.getRejected() != null) {
      pairs++;
    } else if (preference.getLabel() != null) {
      labelled++;
    }
  }

  void bad(BadRow row) {
    bad++;
    if (faults.merge(row.kind(), 1, Integer::sum) == 1 && examples.size() < EXAMPLES) {
      examples.add(row.described());
    }
  }

  /** Rows that can be used. */
  public long goodRows() {
    return good;
  }

  /** Good rows with two responses. */
  public long pairs() {
    return pairs;
  }

  /** Good rows with one response and a label. */
  public long labelledRows() {
    return labelled;
  }

  /** Good rows that are messages. */
  public long conversations() {
    return conversations;
  }

  /** Rows that cannot. */
  public long badRows() {
    return bad;
  }

  /** An example of each of the first faults, with its place. */
  public List<String> examples() {
    return List.copyOf(examples);
  }

  /** Says all of it: shapes, counts, examples. */
  public void print(Consumer<String> out) {
    lines().forEach(out);
    examples.forEach(example -> out.accept("  " + example));
  }

  /** For people: shapes, then counts. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    shapes.forEach((file, shape) -> lines.add(file + ": " + shape));
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d good rows, %,d bad%s",
            good,
            bad,
            faults.isEmpty() ? "" : ": " + counts()));
    return lines;
  }

  private String counts() {
    return String.join(
        ", ",
        faults.entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%,d %s", e.getValue(), e.getKey()))
            .toList());
  }

  void refuseMostlyBad() {
    if (bad > good) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "%,d of %,d rows are bad (%s): this is hardly what was meant; %s",
              bad,
              good + bad,
              counts(),
              String.join("; ", examples)));
    }
    if (good == 0) {
      throw new ExplainedException("there are no rows: the files are empty");
    }
  }
}
