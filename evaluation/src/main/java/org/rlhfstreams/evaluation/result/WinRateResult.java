package org.rlhfstreams.evaluation.result;

import java.util.List;
import java.util.stream.IntStream;
import org.rlhfstreams.common.terminal.TextTable;
import org.rlhfstreams.evaluation.statistics.Bootstrap;
import org.rlhfstreams.evaluation.statistics.ConfidenceInterval;
import org.rlhfstreams.evaluation.statistics.MeanEstimate;
import org.rlhfstreams.evaluation.statistics.WilsonInterval;

/**
 * How often a model's responses are preferred to a baseline's.
 *
 * @param judge who compared
 * @param measure what scores are called
 * @param samples responses of each model to each prompt
 * @param winRate (wins + ties / 2) / comparisons
 * @param interval of the win rate, 95 %
 * @param intervalMethod wilson with one sample a prompt, bootstrap over prompts with more
 * @param modelScore by the judge's measure, errors over prompts
 * @param baselineScore by the judge's measure, errors over prompts
 * @param pairs all comparisons, a prompt's samples together
 */
public record WinRateResult(
    String model,
    String baseline,
    String judge,
    String measure,
    int prompts,
    int samples,
    long wins,
    long ties,
    long losses,
    double winRate,
    ConfidenceInterval interval,
    String intervalMethod,
    MeanEstimate modelScore,
    MeanEstimate baselineScore,
    List<JudgedPair> pairs)
    implements EvaluationResult {
  private static final int EXAMPLES = 8;

  /**
   * From comparisons.
   *
   * @param samples comparisons of each prompt
   * @param pairs at least one, a prompt's samples together
   * @param seed of the bootstrap
   */
  public static WinRateResult of(
      String model,
      String baseline,
      String judge,
      String measure,
      int samples,
      List<JudgedPair> pairs,
      long seed) {
    double[] points = pairs.stream().mapToDouble(pair -> pair.outcome().points()).toArray();
    double sum = IntStream.range(0, points.length).mapToDouble(i -> points[i]).sum();
    int prompts = points.length / samples;
    return new WinRateResult(
        model,
        baseline,
        judge,
        measure,
        prompts,
        samples,
        count(pairs, Outcome.WIN),
        count(pairs, Outcome.TIE),
        count(pairs, Outcome.LOSS),
        sum / points.length,
        samples == 1
            ? WilsonInterval.of(sum, prompts)
            : Bootstrap.ratio(byPrompt(points, samples), filled(prompts, samples), seed),
        samples == 1 ? "wilson" : "bootstrap",
        MeanEstimate.ofGroups(
            pairs.stream().mapToDouble(JudgedPair::modelScore).toArray(), samples),
        MeanEstimate.ofGroups(
            pairs.stream().mapToDouble(JudgedPair::baselineScore).toArray(), samples),
        List.copyOf(pairs));
  }

  private static long count(List<JudgedPair> pairs, Outcome outcome) {
    return pairs.stream().filter(pair -> pair.outcome() == outcome).count();
  }

  private static double[] byPrompt(double[] points, int samples) {
    double[] sums = new double[points.length / samples];
    for (int i = 0; i < points.length; i++) {
      sums[i / samples] += points[i];
    }
    return sums;
  }

  private static double[] filled(int prompts, double value) {
    return IntStream.range(0, prompts).mapToDouble(i -> value).toArray();
  }

  @Override
  public String evaluation() {
    return "win-rate";
  }

  @Override
  public List<String> lines() {
    List<String> lines =
        new TextTable("", measure, "prompts", "wins", "ties", "losses", "win rate", "95 % interval")
            .row(
                model,
                FigureText.text(modelScore, 3),
                FigureText.count(prompts),
                FigureText.count(wins),
                FigureText.count(ties),
                FigureText.count(losses),
                FigureText.percent(winRate),
                FigureText.percent(interval))
            .row(baseline, FigureText.text(baselineScore, 3), "", "", "", "", "", "")
            .lines();
    return List.copyOf(lines);
  }

  @Override
  public PageContent page() {
    return new PageContent(
        "Win rate of " + model + " against " + baseline,
        List.of(
            new PageContent.Figure(FigureText.percent(winRate), "win rate, ties counted half"),
            new PageContent.Figure(
                FigureText.percent(interval), "95 % interval, " + intervalMethod),
            new PageContent.Figure(
                "%s / %s / %s"
                    .formatted(
                        FigureText.count(wins), FigureText.count(ties), FigureText.count(losses)),
                "wins / ties / losses, judged by " + judge),
            new PageContent.Figure(FigureText.text(modelScore, 2), measure + " of the model"),
            new PageContent.Figure(
                FigureText.text(baselineScore, 2), measure + " of the baseline")),
        List.of(
            Chart.of(
                "model less baseline, comparisons",
                "difference in " + measure,
                pairs.stream()
                    .mapToDouble(pair -> pair.modelScore() - pair.baselineScore())
                    .toArray()),
            Chart.of(
                "model, responses",
                measure,
                pairs.stream().mapToDouble(JudgedPair::modelScore).toArray()),
            Chart.of(
                "baseline, responses",
                measure,
                pairs.stream().mapToDouble(JudgedPair::baselineScore).toArray())),
        pairs.stream()
            .filter(pair -> pair.sample() == 0)
            .limit(EXAMPLES)
            .map(this::example)
            .toList(),
        lines());
  }

  private PageContent.Example example(JudgedPair pair) {
    return new PageContent.Example(
        pair.prompt(),
        List.of(
            new PageContent.Side(
                "model, %s %s%s"
                    .formatted(
                        measure,
                        FigureText.text(pair.modelScore(), 2),
                        pair.outcome() == Outcome.WIN ? ", preferred" : ""),
                pair.modelResponse()),
            new PageContent.Side(
                "baseline, %s %s%s"
                    .formatted(
                        measure,
                        FigureText.text(pair.baselineScore(), 2),
                        pair.outcome() == Outcome.LOSS ? ", preferred" : ""),
                pair.baselineResponse())));
  }
}
