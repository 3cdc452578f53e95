package org.rlhfstreams.evaluation.result;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.rlhfstreams.common.terminal.TextTable;
import org.rlhfstreams.evaluation.statistics.MeanEstimate;

/**
 * Reward against distance from the reference, over models.
 *
 * @param samples responses of each model to each prompt
 * @param points one a model, the reference first, then in the order named
 */
public record FrontierResult(
    String reference, String rewardModel, int prompts, int samples, List<FrontierPoint> points)
    implements EvaluationResult {
  public FrontierResult {
    points = List.copyOf(points);
  }

  @Override
  public String evaluation() {
    return "frontier";
  }

  @Override
  public List<String> lines() {
    TextTable table = new TextTable("model", "reward", "KL, nats", "length");
    for (FrontierPoint point : points) {
      table.row(
          point.model(),
          FigureText.text(point.reward(), 3),
          FigureText.text(point.kl(), 3),
          FigureText.text(point.length().mean(), 1));
    }
    return table.lines();
  }

  @Override
  public PageContent page() {
    FrontierPoint best =
        points.stream()
            .max(Comparator.comparingDouble(point -> point.reward().mean()))
            .orElseThrow();
    List<Chart> charts = new ArrayList<>();
    List<FrontierPoint> byKl =
        points.stream().sorted(Comparator.comparingDouble(point -> point.kl().mean())).toList();
    charts.add(
        chart(
            "reward, by distance",
            "KL, nats",
            byKl,
            FrontierPoint::reward,
            p -> p.kl().mean(),
            byKl.stream().map(FrontierResult::label).toList()));
    List<FrontierPoint> steps =
        points.stream()
            .filter(point -> point.step() != null)
            .sorted(Comparator.comparing(FrontierPoint::step))
            .toList();
    if (steps.size() > 1) {
      charts.add(
          chart("reward, by step", "step", steps, FrontierPoint::reward, p -> p.step(), List.of()));
      charts.add(
          chart("KL in nats, by step", "step", steps, FrontierPoint::kl, p -> p.step(), List.of()));
    }
    return new PageContent(
        "Reward and distance from " + reference,
        List.of(
            new PageContent.Figure(FigureText.count(points.size()), "models"),
            new PageContent.Figure(FigureText.count(prompts), "prompts"),
            new PageContent.Figure(
                FigureText.text(best.reward(), 2), "highest reward: " + best.model()),
            new PageContent.Figure(FigureText.text(best.kl(), 2) + " nats", "its KL a response")),
        charts,
        List.of(),
        lines());
  }

  private static Chart chart(
      String title,
      String xLabel,
      List<FrontierPoint> points,
      Function<FrontierPoint, MeanEstimate> height,
      ToDoubleFunction<FrontierPoint> place,
      List<String> labels) {
    return new Chart(
        title,
        Chart.Kind.POINTS,
        xLabel,
        points.stream().mapToDouble(place).toArray(),
        points.stream().mapToDouble(point -> height.apply(point).mean()).toArray(),
        points.stream().mapToDouble(point -> height.apply(point).standardError()).toArray(),
        labels);
  }

  /** Short, for it stands in the chart: the table has the whole name. */
  private static String label(FrontierPoint point) {
    return point.step() == null
        ? String.valueOf(Path.of(point.model()).getFileName())
        : "step " + point.step();
  }
}
