package org.rlhfstreams.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.it.RlhfProcess;

/**
 * Whatever strikes a run, nothing is lost and nothing counts twice. {@code bench/run chaos} strikes
 * it a hundred times.
 */
final class ChaosTest {
  private static final long SEED = Long.getLong("chaos.seed", 1);
  private static final int DISASTERS = Integer.getInteger("chaos.events", 10);
  private static final int HOSTILE_EACH = 100;
  private static final int PAIR_STEPS_EACH = Integer.getInteger("chaos.pair-steps", 5);

  @TempDir private Path directory;

  @Test
  void whateverStrikesARunNothingIsLostAndNothingCountsTwice() throws Exception {
    Path records = Path.of("target", "chaos").toAbsolutePath();
    Diary diary = new Diary(records.resolve("seed-" + SEED + ".md"));
    try (ChaosRun run =
        new ChaosRun(
            directory,
            SEED,
            DISASTERS,
            HOSTILE_EACH * DISASTERS,
            PAIR_STEPS_EACH * DISASTERS,
            diary,
            records.resolve("seed-" + SEED + ".log"))) {
      run.calm();
      run.struck();
      ChaosOutcome outcome = run.outcome();
      List<String> admitted = outcome.admitted();
      List<StepMetrics> steps = outcome.steps();
      double stalest =
          steps.stream().mapToDouble(step -> step.getValues().get("staleness/max")).max().orElse(0);
      List<String> late = outcome.late();
      RlhfProcess audit = run.audit();
      diary.say(
          "%nadmitted %d, learned %d in %d steps, too late %d, stalest %.0f, judgements %d, dead letters %d of %s",
          admitted.size(),
          outcome.learned().size(),
          steps.size(),
          late.size(),
          stalest,
          outcome.accepted().size(),
          outcome.deadLetters().size(),
          run.hostile().written());
      diary.say("%n```%n%s%n```", audit.output());

      assertThat(admitted).doesNotHaveDuplicates();
      assertEachOnce("scored", outcome.scored(), admitted);
      assertEachOnce(
          "learned from or too late",
          Stream.concat(outcome.learned().stream(), late.stream()).toList(),
          admitted);
      assertThat(steps.stream().map(step -> step.getVersion().getStep()))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, steps.size()).boxed().toList());
      assertThat(stalest).isLessThanOrEqualTo(ChaosRun.STALENESS);
      assertThat(outcome.judgements()).doesNotHaveDuplicates().containsAll(outcome.accepted());
      assertThat(outcome.deadLetters())
          .isNotEmpty()
          .allSatisfy(letter -> assertThat(letter.getReason()).isNotBlank());
      assertThat(audit.awaitExit()).isZero();
      assertSameFiles(
          run.lastPairCheckpoint(ChaosRun.STRUCK), run.lastPairCheckpoint(ChaosRun.CALM));
    }
  }

  /** A failure names those that are not as they should be, not hundreds that are. */
  private static void assertEachOnce(String what, List<String> found, List<String> admitted) {
    assertThat(without(admitted, found)).as("admitted, and not %s", what).isEmpty();
    assertThat(without(found, admitted)).as("%s twice, or never admitted", what).isEmpty();
  }

  private static List<String> without(List<String> all, List<String> taken) {
    List<String> left = new ArrayList<>(all);
    taken.forEach(left::remove);
    return left;
  }

  private static void assertSameFiles(Path struck, Path calm) throws IOException {
    assertThat(struck.getFileName()).isEqualTo(calm.getFileName());
    try (Stream<Path> files = Files.walk(calm)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(struck.resolve(calm.relativize(file))).hasSameBinaryContentAs(file);
      }
    }
  }
}
