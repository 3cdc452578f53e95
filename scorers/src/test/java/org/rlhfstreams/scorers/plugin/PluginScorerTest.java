package org.rlhfstreams.scorers.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.scorers.Inputs;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerException;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;

/** A plug-in that does its work, and one that does everything else. */
@Timeout(300)
final class PluginScorerTest {
  /** Scores the length of a response, except those that ask for something else. */
  private static final String SOURCE =
      """
      import java.util.*;
      import org.rlhfstreams.scorers.*;

      public final class Lengths implements ScorerPlugin {
        public String name() { return "lengths"; }

        public Scorer create(Map<String, String> settings) {
          int factor = Integer.parseInt(settings.getOrDefault("factor", "1"));
          System.out.println("noise on standard output");
          return batch -> {
            List<ScorerResult> results = new ArrayList<>();
            for (ScorerInput input : batch) {
              switch (input.response()) {
                case "throw" -> throw new IllegalArgumentException("cannot stand it");
                case "overflow" -> { return score(batch, factor); }
                case "exit" -> { System.err.println("good bye"); System.exit(3); }
                case "halt" -> Runtime.getRuntime().halt(0);
                case "hang" -> { while (true) { Thread.onSpinWait(); } }
                case "few" -> { return List.of(); }
                case "null" -> { return null; }
                case "nan" -> results.add(ScorerResult.value(Double.NaN));
                case "memory" -> { List<long[]> all = new ArrayList<>(); while (true) { all.add(new long[1 << 20]); } }
                case "refuse" -> results.add(ScorerResult.refusedForNow("not today"));
                default -> results.add(ScorerResult.value(input.response().length() * factor, "length"));
              }
            }
            return results;
          };
        }

        private List<ScorerResult> score(List<ScorerInput> batch, int factor) { return score(batch, factor); }
      }
      """;

  @TempDir static Path directory;

  @BeforeAll
  static void compile() throws Exception {
    Path source = Files.writeString(directory.resolve("Lengths.java"), SOURCE);
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-proc:none",
                source.toString());
    assertThat(code).isEqualTo(0);
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(services.resolve("org.rlhfstreams.scorers.ScorerPlugin"), "Lengths\n");
  }

  private static Scorer plugin(String... settings) {
    Map<String, String> given = new HashMap<>();
    given.put("plugin", "lengths");
    given.put("path", directory.toString());
    given.put("memory", "64m");
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    return PluginScorer.KIND.create(given);
  }

  private static List<ScorerInput> batch(String... responses) {
    return IntStream.range(0, responses.length)
        .mapToObj(i -> Inputs.of("p/0", i, responses[i]))
        .toList();
  }

  @Test
  void aPluginScoresWithSettingsOfItsOwn() {
    try (Scorer scorer = plugin("with.factor", "10")) {
      assertThat(scorer.score(batch("a", "", "ccc", "refuse")))
          .containsExactly(
              ScorerResult.value(10, "length"),
              ScorerResult.value(0, "length"),
              ScorerResult.value(30, "length"),
              ScorerResult.refusedForNow("the plug-in refuses: not today"));
      assertThat(scorer.score(List.of())).isEmpty();
    }
  }

  @Test
  void whatItFailsOnIsRefusedAndTheRestScored() {
    Map<String, String> reasons =
        Map.of(
            "throw", "the plug-in fails: cannot stand it",
            "overflow", "the plug-in fails: java.lang.StackOverflowError",
            "exit", "the plug-in has ended its process with exit code 3; its last words:",
            "halt", "the plug-in has ended its process with exit code 0",
            "few", "the plug-in fails: the plug-in has returned 0 scores for 1 responses",
            "null", "the plug-in fails: the plug-in has returned 0 scores for 1 responses",
            "nan", "the plug-in fails: a score is a finite number, not NaN",
            "memory", "the plug-in has ended its process");
    try (Scorer scorer = plugin()) {
      reasons.forEach(
          (response, reason) -> {
            List<ScorerResult> results = scorer.score(batch("a", response, "ccc"));
            assertThat(results.get(0)).isEqualTo(ScorerResult.value(1, "length"));
            assertThat(results.get(2)).isEqualTo(ScorerResult.value(3, "length"));
            ScoreRefusal refusal = (ScoreRefusal) results.get(1);
            assertThat(refusal.reason()).startsWith(reason);
            assertThat(refusal.tryAgain()).isFalse();
          });
      assertThat(((ScoreRefusal) scorer.score(batch("exit")).get(0)).reason()).contains("good bye");
    }
  }

  @Test
  void oneThatHangsIsKilledAndTheRestScored() {
    try (Scorer scorer = plugin("timeout", "4s")) {
      List<ScorerResult> results = scorer.score(batch("a", "hang"));
      assertThat(results.get(0)).isEqualTo(ScorerResult.value(1, "length"));
      assertThat(((ScoreRefusal) results.get(1)).reason())
          .isEqualTo("the plug-in has not answered within 4.0 s, and its process was killed");
    }
  }

  @Test
  void oneThatFailsOnEverythingDoesNotTakeForEver() {
    List<String> responses = new ArrayList<>(List.of("exit", "exit", "exit", "exit", "a"));
    try (Scorer scorer = plugin()) {
      List<ScorerResult> results = scorer.score(batch(responses.toArray(String[]::new)));
      assertThat(results.subList(0, 3)).allMatch(result -> !((ScoreRefusal) result).tryAgain());
      assertThat(results.subList(3, 5)).allMatch(result -> ((ScoreRefusal) result).tryAgain());
    }
  }

  @Test
  void aClosedOneRefusesForNow() {
    Scorer scorer = plugin();
    scorer.close();
    assertThat(scorer.score(batch("a")))
        .containsExactly(ScorerResult.refusedForNow("the scorer was closed"));
  }

  @Test
  void oneThatDoesNotStartIsSaid() {
    assertThatThrownBy(() -> plugin("plugin", "length"))
        .isInstanceOf(ScorerException.class)
        .hasMessage(
            "scorer kind plugin: setting \"plugin\": the plug-in does not start: no plug-in"
                + " \"length\" is on the path; there are lengths");
    assertThatThrownBy(() -> plugin("with.factor", "many"))
        .hasMessageContaining("java.lang.NumberFormatException");
    assertThatThrownBy(() -> plugin("path", directory.resolve("none.jar").toString()))
        .hasMessageContaining("none.jar\" does not exist; give jars or directories");
    assertThatThrownBy(() -> plugin("memory", "much")).hasMessageContaining("such as 512m or 2g");
  }
}
