package org.rlhfstreams.cli.terminal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.rlhfstreams.cli.status.StepTime;
import org.rlhfstreams.common.terminal.Durations;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.StepReport;
import org.rlhfstreams.learner.validation.VersionEvaluations;
import org.rlhfstreams.service.configuration.ValidationMetric;

/** A panel that redraws itself on a terminal; one line a step where there is none. */
public final class TrainingProgress implements StepListener, AutoCloseable {
  private static final int TREND = 24;
  private static final String SCORES = "objective/scores";
  private static final String KL = "objective/kl";

  private final int loggingSteps;
  private final boolean terminal = TerminalWindow.isPresent();
  private final SharedScreen screen = terminal ? SharedScreen.take() : SharedScreen.plain();
  private final Deque<Double> trend = new ArrayDeque<>();
  private List<String> evaluation = List.of();

  /**
   * @param loggingSteps steps between two lines where there is no terminal
   */
  public TrainingProgress(int loggingSteps) {
    this.loggingSteps = loggingSteps;
  }

  /** Ends the panel: what is printed from here on goes straight to standard output and error. */
  @Override
  public synchronized void close() {
    screen.close();
  }

  @Override
  public synchronized void began(String data) {
    screen.line(TextBlock.line("reading " + data));
  }

  @Override
  public synchronized void hadEnded(long steps) {
    screen.line(
        TextBlock.line(
            text(
                "already finished: all %,d steps are done; a larger --max-steps or --epochs"
                    + " continues",
                steps)));
  }

  @Override
  public synchronized void stepped(StepReport report) {
    Map<String, Double> metrics = report.metrics();
    trend.add(
        Stream.of(SCORES, KL, "loss")
            .map(metrics::get)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(0.0));
    if (trend.size() > TREND) {
      trend.remove();
    }
    if (terminal) {
      if (!evaluation(report).isEmpty()) {
        evaluation = evaluation(report); // stays in the panel until the next
      }
      redraw(report);
    } else if (isDue(report)) {
      List<String> line = figures(report);
      line.addAll(evaluation(report));
      screen.line(String.join("  ", line));
    }
  }

  /** The first, every so many, the last, and those that were evaluated. */
  private boolean isDue(StepReport report) {
    return report.step() == 1
        || report.step() % loggingSteps == 0
        || report.totalSteps().equals(OptionalLong.of(report.step()))
        || !evaluation(report).isEmpty();
  }

  private void redraw(StepReport report) {
    List<String> shown = figures(report);
    shown.addAll(evaluation);
    List<String> lines = wrapped(shown);
    lines.add(0, bar(report) + "  " + Sparkline.of(trend));
    screen.panel(lines.stream().map(TrainingProgress::cut).toList());
  }

  /** A longer line would be two of the window, and the panel would not be drawn over itself. */
  private static String cut(String line) {
    return line.length() < TerminalWindow.columns()
        ? line
        : line.substring(0, TerminalWindow.columns() - 1);
  }

  private static String bar(StepReport report) {
    if (report.totalSteps().isEmpty()) {
      return "";
    }
    int width = 30;
    int filled = (int) (width * report.step() / report.totalSteps().getAsLong());
    return "[" + "#".repeat(filled) + ".".repeat(width - filled) + "]";
  }

  /** Figures in lines that fit the window. */
  private static List<String> wrapped(List<String> figures) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String figure : figures) {
      if (line.length() > 0 && line.length() + figure.length() + 3 > TerminalWindow.columns()) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : "   ").append(figure);
    }
    lines.add(line.toString());
    return lines;
  }

  private static List<String> figures(StepReport report) {
    Map<String, Double> metrics = report.metrics();
    List<String> figures = new ArrayList<>();
    figures.add(
        "step "
            + report.step()
            + (report.totalSteps().isPresent() ? "/" + report.totalSteps().getAsLong() : ""));
    if (metrics.containsKey(SCORES)) {
      figures.add(
          text("reward %.2f ± %.2f", metrics.get(SCORES), metrics.get("objective/scores_std")));
    }
    if (metrics.containsKey(KL)) {
      figures.add(text("KL %.2f", metrics.get(KL)));
      figures.add(text("length %.1f", metrics.get("response/length")));
      figures.add(text("tokens/s %.0f", metrics.get("num_tokens") / metrics.get("step_seconds")));
      figures.add(text("stale %.1f", metrics.get("staleness/mean")));
    } else {
      figures.add(text("loss %.4f", metrics.get("loss")));
      if (metrics.containsKey("accuracy")) {
        figures.add(text("accuracy %.3f", metrics.get("accuracy")));
      }
      figures.add(text("grad norm %.2f", metrics.get("grad_norm")));
      figures.add(text("tokens/s %.0f", metrics.get("tokens_per_second")));
    }
    StepTime.of(metrics)
        .flatMap(StepTime::longestWait)
        .ifPresent(wait -> figures.add("waited " + wait));
    report.remainingSeconds().ifPresent(left -> figures.add("left " + Durations.text(left)));
    return figures;
  }

  private static List<String> evaluation(StepReport report) {
    Map<String, Double> metrics = report.metrics();
    List<String> figures = new ArrayList<>();
    for (ValidationMetric metric : List.of(ValidationMetric.LOSS, ValidationMetric.ACCURACY)) {
      for (String name : metric.names()) {
        Double value = metrics.get("validation/" + name);
        if (value != null) {
          figures.add(text("validation %s %.4f", metric.printed(), value));
        }
      }
    }
    Double heldOut = metrics.get(VersionEvaluations.REWARD);
    if (heldOut != null) {
      figures.add(
          text(
              "on held-out prompts %.4f after step %.0f",
              heldOut, metrics.get(VersionEvaluations.STEP)));
    }
    return figures;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
