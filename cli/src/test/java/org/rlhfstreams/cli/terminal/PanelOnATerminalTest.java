package org.rlhfstreams.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.loop.StepReport;

/** Whatever is printed while the panel is redrawn stays on the screen, whole and in its order. */
final class PanelOnATerminalTest {
  private static final int STEPS = 200;
  private static final String CTRL_C = "^C"; // as a terminal shows the key

  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;

  private PrintStream onAWindowOf(int columns, EmulatedTerminal terminal) {
    System.setProperty("rlhf.terminal", "true");
    System.setProperty("rlhf.columns", String.valueOf(columns));
    PrintStream window = new PrintStream(terminal, true, StandardCharsets.UTF_8);
    System.setOut(window);
    System.setErr(window);
    return window;
  }

  @AfterEach
  void putBack() {
    System.clearProperty("rlhf.terminal");
    System.clearProperty("rlhf.columns");
    System.setOut(outBefore);
    System.setErr(errBefore);
  }

  private static StepReport report(long step) {
    return new StepReport(
        step,
        new WeightVersion(0, step),
        OptionalLong.of(STEPS),
        Map.of(
            "objective/scores",
            Math.pow(-7, (double) (step % 9)),
            "objective/scores_std",
            1.0,
            "objective/kl",
            0.5,
            "response/length",
            48.0,
            "num_tokens",
            3000.0,
            "step_seconds",
            0.25,
            "staleness/mean",
            1.0),
        OptionalLong.of(STEPS - step));
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 80, 160})
  void nothingIsOverwrittenAndNoLineIsBroken(int columns) {
    EmulatedTerminal terminal = new EmulatedTerminal(columns);
    PrintStream window = onAWindowOf(columns, terminal);
    Random random = new Random(columns);
    List<String> said = new ArrayList<>();
    try (TrainingProgress progress = new TrainingProgress(1)) {
      progress.began("rlhf.preferences, offsets 0 to 63: 51 examples; none refused or truncated");
      for (int step = 1; step <= STEPS; step++) {
        int lines = random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0;
        for (int line = 0; line < lines; line++) {
          said.add("line " + said.size());
          (random.nextBoolean() ? System.out : System.err).println(said.get(said.size() - 1));
        }
        if (step == STEPS / 2) {
          window.print(CTRL_C);
        }
        progress.stepped(report(step));
      }
      said.add("saved");
      System.out.println("saved");
    }
    List<String> shown = terminal.lines();
    assertThat(terminal.hasBrokenALine()).isFalse();
    assertThat(shown).containsSubsequence(said);
    assertThat(shown.stream().filter(line -> line.startsWith("step "))).as("panels").isNotEmpty();
    assertThat(shown.stream().filter(line -> line.startsWith("step 200/200"))).hasSize(1);
    assertThat(shown.stream().filter(line -> line.startsWith("[") && line.contains("]")).count())
        .as("a panel stays above each block of lines, and is redrawn otherwise")
        .isLessThanOrEqualTo(1 + said.size());
  }
}
