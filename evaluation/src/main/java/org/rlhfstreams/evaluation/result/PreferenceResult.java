package org.rlhfstreams.evaluation.result;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.rlhfstreams.common.terminal.TextTable;
import org.rlhfstreams.evaluation.statistics.ConfidenceInterval;
import org.rlhfstreams.evaluation.statistics.MeanEstimate;
import org.rlhfstreams.evaluation.statistics.WilsonInterval;

/**
 * How well a model agrees with pairs.
 *
 * @param reference of an implicit reward; null where there is none
 * @param measure what the responses are compared by
 * @param leftOut rows that could not be measured
 * @param correct pairs whose preferred response is ahead
 * @param ties pairs where neither is; not correct
 * @param accuracy correct / pairs
 * @param interval of the accuracy, 95 %, by Wilson
 * @param margin of the preferred response
 * @param chosen measure of the preferred responses
 * @param rejected measure of the others
 * @param rows all pairs, in the files' order
 */
public record PreferenceResult(
    String model,
    String reference,
    String measure,
    int pairs,
    int leftOut,
    long correct,
    long ties,
    double accuracy,
    ConfidenceInterval interval,
    MeanEstimate margin,
    MeanEstimate chosen,
    MeanEstimate rejected,
    List<PairMeasure> rows)
    implements EvaluationResult {

  /**
   * From pairs.
   *
   * @param reference null where there is none
   * @param rows at least one
   */
  public static PreferenceResult of(
      String model, String reference, String measure, int leftOut, List<PairMeasure> rows) {
    long correct = rows.stream().filter(pair -> pair.margin() > 0).count();
    return new PreferenceResult(
        model,
        reference,
        measure,
        rows.size(),
        leftOut,
        correct,
        rows.stream().filter(pair -> pair.margin() == 0).count(),
        (double) correct / rows.size(),
        WilsonInterval.of((double) correct, rows.size()),
        mean(rows, PairMeasure::margin),
        mean(rows, PairMeasure::chosen),
        mean(rows, PairMeasure::rejected),
        List.copyOf(rows));
  }

  private static MeanEstimate mean(List<PairMeasure> rows, ToDoubleFunction<PairMeasure> measure) {
    return MeanEstimate.of(rows.stream().mapToDouble(measure).toArray());
  }

  @Override
  public String evaluation() {
    return "preferences";
  }

  @Override
  public List<String> lines() {
    return new TextTable(
            measure, "pairs", "accuracy", "95 % interval", "ties", "margin", "chosen", "rejected")
        .row(
            model,
            FigureText.count(pairs),
            FigureText.percent(accuracy),
            FigureText.percent(interval),
            FigureText.count(ties),
            FigureText.text(margin, 3),
            FigureText.text(chosen.mean(), 3),
            FigureText.text(rejected.mean(), 3))
        .lines();
  }

  @Override
  public PageContent page() {
    return new PageContent(
        "Preferences of " + model,
        List.of(
            new PageContent.Figure(FigureText.percent(accuracy), "of pairs as they were judged"),
            new PageContent.Figure(FigureText.percent(interval), "95 % interval, wilson"),
            new PageContent.Figure(FigureText.text(margin, 3), "margin in " + measure),
            new PageContent.Figure(FigureText.count(pairs), "pairs")),
        List.of(
            Chart.of(
                "margin, pairs",
                "chosen less rejected, " + measure,
                rows.stream().mapToDouble(PairMeasure::margin).toArray()),
            Chart.of(
                "chosen, responses",
                measure,
                rows.stream().mapToDouble(PairMeasure::chosen).toArray()),
            Chart.of(
                "rejected, responses",
                measure,
                rows.stream().mapToDouble(PairMeasure::rejected).toArray())),
        List.of(),
        lines());
  }
}
