package org.rlhfstreams.evaluation.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.rlhfstreams.common.terminal.TextTable;
import org.rlhfstreams.evaluation.statistics.Correlation;
import org.rlhfstreams.evaluation.statistics.MeanEstimate;

/**
 * Old against new reward of the same rollouts.
 *
 * @param scorer that scored again
 * @param version of it
 * @param old the old reward, as a sum of scorers; null if there was nothing to compare with
 * @param range of the log, for people
 * @param counts what became of the rollouts
 * @param compared rollouts with both rewards
 * @param correlation of both, by Pearson; not a number if one is the same for all
 * @param before mean of the old reward; null if nothing is compared
 * @param now mean of the new one; null if nothing is compared
 * @param largest the rollouts of which both say the most different things, standardised
 * @param rows all that are compared, in the order of the log
 */
public record RescoreResult(
    String scorer,
    String version,
    String old,
    String range,
    RescoreCounts counts,
    int compared,
    double correlation,
    MeanEstimate before,
    MeanEstimate now,
    List<RescoredText> largest,
    List<RescoredRow> rows)
    implements EvaluationResult {
  private static final int PROMPT_LETTERS = 32;
  private static final int RESPONSE_LETTERS = 56;
  private static final int MOST_POINTS = 40;

  /** Copies the lists. */
  public RescoreResult {
    largest = List.copyOf(largest);
    rows = List.copyOf(rows);
  }

  /**
   * From rollouts.
   *
   * @param old null if there was nothing to compare with
   */
  public static RescoreResult of(
      String scorer,
      String version,
      String old,
      String range,
      RescoreCounts counts,
      List<RescoredText> largest,
      List<RescoredRow> rows) {
    double[] before = values(rows, RescoredRow::before);
    double[] now = values(rows, RescoredRow::now);
    return new RescoreResult(
        scorer,
        version,
        old,
        range,
        counts,
        rows.size(),
        Correlation.of(before, now),
        rows.isEmpty() ? null : MeanEstimate.of(before),
        rows.isEmpty() ? null : MeanEstimate.of(now),
        largest,
        rows);
  }

  private static double[] values(List<RescoredRow> rows, ToDoubleFunction<RescoredRow> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  @Override
  public String evaluation() {
    return "rescore";
  }

  @Override
  public List<String> lines() {
    List<String> lines = new ArrayList<>(countLines());
    if (rows.isEmpty()) {
      lines.add(
          old == null
              ? "nothing to compare with: no other reward has a weight; --against NAME compares with"
                  + " the scores of a scorer that are in the log"
              : "nothing to compare: no rollout has both " + scorer + " and " + old);
      return lines;
    }
    lines.add("");
    lines.addAll(
        new TextTable("reward", "rollouts", "mean", "correlation")
            .row(old, FigureText.count(compared), FigureText.text(before, 3), "")
            .row(
                scorer,
                FigureText.count(compared),
                FigureText.text(now, 3),
                FigureText.text(correlation, 3))
            .lines());
    lines.add("");
    lines.add("where both differ most, in standard deviations from their means");
    for (RescoredText text : largest) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%+6.1f -> %+5.1f  %-" + PROMPT_LETTERS + "s  %s",
              text.beforeDeviations(),
              text.nowDeviations(),
              cut(text.prompt(), PROMPT_LETTERS),
              cut(text.response(), RESPONSE_LETTERS)));
    }
    return lines;
  }

  private List<String> countLines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s %s: %,d rollouts; %,d scored, %,d had a score, %,d refused",
            scorer,
            version,
            counts.rollouts(),
            counts.scored(),
            counts.present(),
            counts.refused()));
    if (counts.unusable() > 0) {
      lines.add(String.format(Locale.ROOT, "%,d records are no rollouts", counts.unusable()));
    }
    counts
        .reasons()
        .forEach(
            (reason, count) ->
                lines.add(String.format(Locale.ROOT, "  %,d × %s", count, cut(reason, 160))));
    if (counts.withoutOldReward() > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%,d have no score by all of %s, and are not compared",
              counts.withoutOldReward(),
              old));
    }
    return lines;
  }

  /** One line, no longer than that. */
  private static String cut(String text, int letters) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= letters ? line : line.substring(0, letters - 1) + "…";
  }

  @Override
  public List<String> csv() {
    List<String> lines = new ArrayList<>();
    lines.add("rollout,step,before,now");
    for (RescoredRow row : rows) {
      lines.add(quoted(row.rollout()) + "," + row.step() + "," + row.before() + "," + row.now());
    }
    return lines;
  }

  /** As RFC 4180 has it. */
  private static String quoted(String text) {
    return text.matches("[^\",\\r\\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  @Override
  public PageContent page() {
    List<PageContent.Figure> figures = new ArrayList<>();
    figures.add(new PageContent.Figure(FigureText.count(counts.rollouts()), "rollouts, " + range));
    figures.add(
        new PageContent.Figure(
            FigureText.count(counts.scored() + counts.present()), "with a score by " + scorer));
    if (rows.isEmpty()) {
      return new PageContent(title(), figures, List.of(), List.of(), lines());
    }
    figures.add(
        new PageContent.Figure(
            FigureText.text(correlation, 3), "correlation, " + FigureText.count(compared)));
    figures.add(new PageContent.Figure(FigureText.text(before, 3), old));
    figures.add(new PageContent.Figure(FigureText.text(now, 3), scorer));
    List<Chart> charts = new ArrayList<>();
    Map<Long, List<RescoredRow>> bySteps = bySteps();
    if (bySteps.size() > 1) {
      charts.add(bySteps(old + ", by step of the policy", bySteps, RescoredRow::before));
      charts.add(bySteps(scorer + ", by step of the policy", bySteps, RescoredRow::now));
    }
    charts.add(Chart.of(old + ", rollouts", old, values(rows, RescoredRow::before)));
    charts.add(Chart.of(scorer + ", rollouts", scorer, values(rows, RescoredRow::now)));
    return new PageContent(
        title(),
        figures,
        charts,
        "Where both differ most, in standard deviations from their means",
        largest.stream().map(this::example).toList(),
        lines());
  }

  private String title() {
    return old == null ? "Scored again by " + scorer : scorer + " against " + old;
  }

  /** By the first step of each of at most {@value #MOST_POINTS} stretches of equal length. */
  private Map<Long, List<RescoredRow>> bySteps() {
    long first = rows.stream().mapToLong(RescoredRow::step).min().orElse(0);
    long last = rows.stream().mapToLong(RescoredRow::step).max().orElse(0);
    long stretch = (last - first) / MOST_POINTS + 1;
    Map<Long, List<RescoredRow>> byStep = new TreeMap<>();
    for (RescoredRow row : rows) {
      long step = first + (row.step() - first) / stretch * stretch;
      byStep.computeIfAbsent(step, any -> new ArrayList<>()).add(row);
    }
    return byStep;
  }

  private static Chart bySteps(
      String title, Map<Long, List<RescoredRow>> byStep, ToDoubleFunction<RescoredRow> value) {
    List<MeanEstimate> means =
        byStep.values().stream().map(some -> MeanEstimate.of(values(some, value))).toList();
    return new Chart(
        title,
        Chart.Kind.POINTS,
        "step",
        byStep.keySet().stream().mapToDouble(Long::doubleValue).toArray(),
        means.stream().mapToDouble(MeanEstimate::mean).toArray(),
        means.stream().mapToDouble(MeanEstimate::standardError).toArray(),
        List.of());
  }

  private PageContent.Example example(RescoredText text) {
    return new PageContent.Example(
        text.prompt(),
        List.of(
            new PageContent.Side(
                String.format(
                    Locale.ROOT,
                    "%s %.3f (%+.1f), %s %.3f (%+.1f)",
                    old,
                    text.before(),
                    text.beforeDeviations(),
                    scorer,
                    text.now(),
                    text.nowDeviations()),
                text.response())));
  }
}
