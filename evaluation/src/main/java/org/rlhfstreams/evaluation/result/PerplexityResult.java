package org.rlhfstreams.evaluation.result;

import java.util.List;
import org.rlhfstreams.common.terminal.TextTable;
import org.rlhfstreams.evaluation.statistics.Bootstrap;
import org.rlhfstreams.evaluation.statistics.ConfidenceInterval;

/**
 * How well a model predicts texts.
 *
 * @param texts that were measured
 * @param leftOut rows that could not be
 * @param cut texts that fill the whole length, and of which the rest, if any, was left out
 * @param tokens that were counted, of all texts
 * @param negativeLogLikelihood mean over tokens, in nats
 * @param perplexity its exponential
 * @param interval of the perplexity, 95 %, by a bootstrap over texts
 * @param rows all texts, in the files' order
 */
public record PerplexityResult(
    String model,
    int texts,
    int leftOut,
    int cut,
    long tokens,
    double negativeLogLikelihood,
    double perplexity,
    ConfidenceInterval interval,
    List<TextMeasure> rows)
    implements EvaluationResult {

  /**
   * From texts.
   *
   * @param rows at least one
   */
  public static PerplexityResult of(String model, int leftOut, int cut, List<TextMeasure> rows) {
    double[] sums = rows.stream().mapToDouble(TextMeasure::negativeLogLikelihood).toArray();
    double[] counts = rows.stream().mapToDouble(TextMeasure::tokens).toArray();
    long tokens = rows.stream().mapToLong(TextMeasure::tokens).sum();
    double mean = rows.stream().mapToDouble(TextMeasure::negativeLogLikelihood).sum() / tokens;
    ConfidenceInterval interval = Bootstrap.ratio(sums, counts, 0);
    return new PerplexityResult(
        model,
        rows.size(),
        leftOut,
        cut,
        tokens,
        mean,
        Math.exp(mean),
        new ConfidenceInterval(Math.exp(interval.low()), Math.exp(interval.high())),
        List.copyOf(rows));
  }

  @Override
  public String evaluation() {
    return "perplexity";
  }

  @Override
  public List<String> lines() {
    return new TextTable(
            "model", "texts", "cut", "tokens", "nats a token", "perplexity", "95 % interval")
        .row(
            model,
            FigureText.count(texts),
            FigureText.count(cut),
            FigureText.count(tokens),
            FigureText.text(negativeLogLikelihood, 4),
            FigureText.text(perplexity, 3),
            FigureText.text(interval.low(), 3) + " to " + FigureText.text(interval.high(), 3))
        .lines();
  }

  @Override
  public PageContent page() {
    return new PageContent(
        "Perplexity of " + model,
        List.of(
            new PageContent.Figure(FigureText.text(perplexity, 3), "perplexity"),
            new PageContent.Figure(
                FigureText.text(interval.low(), 3) + " to " + FigureText.text(interval.high(), 3),
                "95 % interval, bootstrap over texts"),
            new PageContent.Figure(FigureText.text(negativeLogLikelihood, 4), "nats a token"),
            new PageContent.Figure(FigureText.count(tokens), "tokens of " + texts + " texts")),
        List.of(
            Chart.of(
                "how hard texts are, texts",
                "nats a token",
                rows.stream()
                    .mapToDouble(row -> row.negativeLogLikelihood() / row.tokens())
                    .toArray()),
            Chart.of(
                "length, texts",
                "tokens",
                rows.stream().mapToDouble(TextMeasure::tokens).toArray())),
        List.of(),
        lines());
  }
}
