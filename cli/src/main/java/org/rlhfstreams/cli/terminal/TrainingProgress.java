package org.rlhfstreams.cli.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.StepReport;

/** One line a step; on a terminal the line before is overwritten. */
public final class TrainingProgress implements StepListener {
  private final PrintStream out = System.out;
  private final boolean terminal = TerminalWindow.isPresent();

  @Override
  public void stepped(StepReport report) {
    StringBuilder line = new StringBuilder();
    line.append("step ").append(report.step());
    report.totalSteps().ifPresent(total -> line.append('/').append(total));
    Map<String, Double> metrics = report.metrics();
    append(line, "loss", metrics.get("loss"), "%.4f");
    append(line, "accuracy", metrics.get("accuracy"), "%.3f");
    append(line, "grad norm", metrics.get("grad_norm"), "%.2f");
    append(line, "tokens/s", metrics.get("tokens_per_second"), "%.0f");
    report
        .remainingSeconds()
        .ifPresent(seconds -> line.append("  left ").append(Durations.text(seconds)));
    if (terminal) {
      out.print("\r\u001B[K" + line);
      boolean last =
          report.totalSteps().isPresent() && report.totalSteps().getAsLong() == report.step();
      if (last) {
        out.println();
      }
    } else {
      out.println(line);
    }
    out.flush();
  }

  private static void append(StringBuilder line, String name, Double value, String format) {
    if (value != null) {
      line.append("  ").append(name).append(' ').append(String.format(Locale.ROOT, format, value));
    }
  }
}
