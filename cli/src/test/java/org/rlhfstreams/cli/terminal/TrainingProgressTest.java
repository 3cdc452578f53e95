package org.rlhfstreams.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.loop.StepReport;

final class TrainingProgressTest {
  private static final String UP = "\u001B[";

  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  @BeforeEach
  void onATerminal() {
    System.setProperty("rlhf.terminal", "true");
    System.setOut(new PrintStream(screen, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(screen, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void putBack() {
    System.clearProperty("rlhf.terminal");
    System.setOut(outBefore);
    System.setErr(errBefore);
  }

  private static StepReport report(long step) {
    return new StepReport(
        step,
        new WeightVersion(0, step),
        OptionalLong.of(10),
        Map.of("loss", 0.5, "grad_norm", 1.0, "tokens_per_second", 10.0),
        OptionalLong.empty());
  }

  @Test
  void thePanelIsDrawnOverItselfAndNeverOverALineOfOthers() {
    TrainingProgress progress = new TrainingProgress(1);
    progress.stepped(report(1));
    progress.stepped(report(2));
    assertThat(screen.toString(StandardCharsets.UTF_8)).contains(UP + "2A");
    screen.reset();
    System.err.println("WARN something is wrong");
    progress.stepped(report(3));
    assertThat(screen.toString(StandardCharsets.UTF_8))
        .startsWith("WARN something is wrong\n")
        .doesNotContain(UP + "2A");
    screen.reset();
    progress.stepped(report(4));
    assertThat(screen.toString(StandardCharsets.UTF_8)).startsWith("\r" + UP + "2A");
  }

  @Test
  void aStepThatNobodyHasScoredTellsItsKl() {
    System.setProperty("rlhf.terminal", "false");
    new TrainingProgress(1)
        .stepped(
            new StepReport(
                3,
                new WeightVersion(0, 3L),
                OptionalLong.of(10),
                Map.of(
                    "objective/kl", 1.25,
                    "response/length", 7.0,
                    "num_tokens", 50.0,
                    "step_seconds", 2.0,
                    "staleness/mean", 0.0,
                    "loss", 0.5),
                OptionalLong.empty()));
    assertThat(screen.toString(StandardCharsets.UTF_8))
        .contains("step 3/10  KL 1.25  length 7.0  tokens/s 25")
        .doesNotContain("reward");
  }

  @Test
  void whereNothingIsRedrawnALineComesEverySoManySteps() {
    System.setProperty("rlhf.terminal", "false");
    TrainingProgress progress = new TrainingProgress(4);
    for (long step = 1; step <= 10; step++) {
      progress.stepped(report(step));
    }
    assertThat(screen.toString(StandardCharsets.UTF_8).lines().map(line -> line.split(" ", 3)[1]))
        .containsExactly("1/10", "4/10", "8/10", "10/10");
  }

  @Test
  void aLineOfOthersIsNeverPartOfThePanel() {
    TrainingProgress progress = new TrainingProgress(1);
    progress.stepped(report(1));
    screen.reset();
    System.out.print("half a ");
    progress.stepped(report(2));
    System.out.println("line");
    assertThat(screen.toString(StandardCharsets.UTF_8))
        .startsWith("\r" + UP + "2A")
        .endsWith("\n\u001B[Jhalf a line\n");
  }

  @Test
  void theLastLineIsShownEvenWithoutAnEnd() {
    TrainingProgress progress = new TrainingProgress(1);
    progress.stepped(report(1));
    System.out.print("half a line");
    progress.close();
    assertThat(screen.toString(StandardCharsets.UTF_8)).endsWith("half a line");
    System.out.print(", and the rest");
    assertThat(screen.toString(StandardCharsets.UTF_8)).endsWith("half a line, and the rest");
  }

  @Test
  void aPanelFitsTheWindow() {
    System.setProperty("rlhf.columns", "40");
    try {
      new TrainingProgress(1).stepped(report(3));
    } finally {
      System.clearProperty("rlhf.columns");
    }
    assertThat(screen.toString(StandardCharsets.UTF_8).replace("\u001B[K", "").lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThan(40));
  }
}
