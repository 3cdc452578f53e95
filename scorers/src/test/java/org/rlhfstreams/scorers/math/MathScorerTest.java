package org.rlhfstreams.scorers.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.scorers.Inputs;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.Scorer;

/** The verdicts of the verifier, and that no text makes it slow. */
final class MathScorerTest {
  private static double score(String response, String answer, Map<String, String> settings) {
    Scorer scorer = MathScorer.KIND.create(settings);
    return ((ScoreValue)
            scorer.score(List.of(Inputs.answered(response, Map.of("answer", answer)))).get(0))
        .value();
  }

  @ParameterizedTest(name = "{0} | {1} | {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          # response                                             | answer               | verdict
          42                                                     | 42                   | 1
          The answer is 42.                                      | 42                   | 1
          The answer is 43.                                      | 42                   | 0
          the Answer is: **42**                                  | 42                   | 1
          **Answer:** 42                                         | 42                   | 1
          Final answer: $42$                                     | 42                   | 1
          So the answer is $\\boxed{42}$.                        | 42                   | 1
          \\boxed{41} no, \\boxed{42}                            | 42                   | 1
          \\boxed{42} no, \\boxed{41}                            | 42                   | 0
          \\boxed{42                                             | 41                   | 0
          We get 6 * 7 = 42 apples.                              | 42                   | 1
          #### 42                                                | 42                   | 1
          She has 5+3=8 left. #### 8                             | 6 + 2 = 8 #### 8     | 1
          The answer is 42.0                                     | 42                   | 1
          The answer is 42.50                                    | 42.5                 | 1
          The answer is .5                                       | 0.5                  | 1
          The answer is 1,234                                    | 1234                 | 1
          The answer is 1,234,567.89                             | 1234567.89           | 1
          The answer is 12,34                                    | 1234                 | 0
          \\boxed{1{,}234}                                       | 1234                 | 1
          \\boxed{12\\,345}                                      | 12345                | 1
          The answer is 12 345                                   | 12345                | 1
          The answer is 1'000'000                                | 1000000              | 1
          The answer is 1/2                                      | 0.5                  | 1
          The answer is 2/4                                      | 1/2                  | 1
          The answer is 1/3                                      | 0.333                | 0
          The answer is 1/3                                      | 0.333333333333       | 0
          \\boxed{\\frac{3}{4}}                                  | 0.75                 | 1
          \\boxed{\\dfrac{3}{4}}                                 | 3/4                  | 1
          \\boxed{\\frac34}                                      | 0.75                 | 1
          \\boxed{-\\frac{1}{2}}                                 | -0.5                 | 1
          \\boxed{\\frac{-1}{2}}                                 | -1/2                 | 1
          \\boxed{1\\frac{1}{2}}                                 | 1.5                  | 1
          The answer is 1 1/2 cups                               | 1.5                  | 1
          The answer is 3½                                       | 3.5                  | 1
          The answer is 50%                                      | 0.5                  | 1
          The answer is 50 percent                               | 1/2                  | 1
          \\boxed{50\\%}                                         | 50%                  | 1
          The answer is 50                                       | 50%                  | 0
          The answer is 12.5%                                    | 1/8                  | 1
          The answer is $1,250.00                                | 1250                 | 1
          The answer is \\$18                                    | 18                   | 1
          The answer is 18 dollars per day                       | 18                   | 1
          \\boxed{12\\text{ cm}^2}                               | 12                   | 1
          \\boxed{90^\\circ}                                     | 90                   | 1
          The answer is 5cm.                                     | 5                    | 1
          The answer is 3x                                       | 3                    | 0
          The answer is x = 3                                    | 3                    | 1
          \\boxed{x=-3}                                          | -3                   | 1
          The answer is −7                                       | -7                   | 1
          The answer is 7                                        | -7                   | 0
          The answer is 1.5e3                                    | 1500                 | 1
          \\boxed{1.5 \\times 10^3}                              | 1500                 | 1
          \\boxed{2^{10}}                                        | 1024                 | 1
          The answer is 3 million                                | 3000000              | 1
          \\boxed{\\sqrt{2}}                                     | 1.41421356237        | 1
          \\boxed{\\sqrt{2}}                                     | 1.41                 | 0
          \\boxed{\\sqrt{16}}                                    | 4                    | 1
          \\boxed{2\\sqrt{3}}                                    | \\sqrt{12}           | 1
          \\boxed{2\\pi}                                         | 2π                   | 1
          \\boxed{\\frac{\\pi}{2}}                               | \\pi/2               | 1
          \\boxed{0.\\overline{3}}                               | 1/3                  | 1
          \\boxed{(1, 2)}                                        | (1,2)                | 1
          \\boxed{(2, 1)}                                        | (1,2)                | 0
          \\boxed{[0, 1)}                                        | [0,1)                | 1
          \\boxed{[0, 1]}                                        | [0,1)                | 0
          \\boxed{\\{2, 1\\}}                                    | \\{1, 2\\}           | 1
          The answer is 2 and 1                                  | 1, 2                 | 1
          The answer is 1, 2, 3                                  | 3,2,1                | 1
          The answer is 1, 2                                     | 1, 2, 3              | 0
          \\boxed{\\left(\\frac{1}{2}, 3\\right)}                | (0.5, 3)             | 1
          The answer is B                                        | B                    | 1
          The answer is (B).                                     | b                    | 1
          The answer is C                                        | B                    | 0
          \\boxed{\\text{Yes}}                                   | yes                  | 1
          The answer is no.                                      | yes                  | 0
          \\boxed{x^2 + 1}                                       | x^2+1                | 1
          \\boxed{x^2 - 1}                                       | x^2+1                | 0
          The answer is that Tom has 5 apples.                   | 5                    | 1
          The answer is that 3 of 5 apples are red.              | 5                    | 0
          The answer is about 5                                  | 5                    | 1
          First 3, then 4, so it must be 12                      | 12                   | 1
          The temperature fell to -4 degrees                     | -4                   | 1
          10-4                                                   | 6                    | 1
          I do not know.                                         | 42                   | 0
          The answer is 12:30                                    | 12:30                | 1
          The answer is 12:31                                    | 12:30                | 0
          The answer is 1/0                                      | 1                    | 0
          The answer is 10^999999999                             | 1                    | 0
          My answer was rejected twice, but it is 9              | 9                    | 1
          The answer is 007                                      | 7                    | 1
          """)
  void aVerdictIsTheOneThatAPersonGives(String response, String answer, double verdict) {
    assertThat(score(response.replace("\\\\", "\\"), answer.replace("\\\\", "\\"), Map.of()))
        .isEqualTo(verdict);
  }

  @Test
  void percentToleranceAndDecimalCommaAreSettings() {
    assertThat(score("The answer is 50", "50%", Map.of("bare-percent", "true"))).isEqualTo(1);
    assertThat(score("The answer is 5000%", "50%", Map.of("bare-percent", "true"))).isEqualTo(0);
    assertThat(score("The answer is 0.333", "1/3", Map.of("tolerance", "0.01"))).isEqualTo(1);
    assertThat(score("The answer is 0.3", "1/3", Map.of("tolerance", "0.01"))).isEqualTo(0);
    assertThat(score("The answer is 1.234,5", "1234,5", Map.of("decimal-mark", "comma")))
        .isEqualTo(1);
    assertThat(score("Perhaps it is 42", "42", Map.of("last-number", "false"))).isEqualTo(0);
    assertThat(score("The answer is 2", "[\"1\", \"2\"]", Map.of("list", "true"))).isEqualTo(1);
    assertThat(score("<think>42</think> 41", "42", Map.of("after", "</think>"))).isEqualTo(0);
  }

  @Test
  void aPromptWithoutAnAnswerIsRefused() {
    assertThat(
            MathScorer.KIND
                .create(Map.of())
                .score(List.of(Inputs.answered("42", Map.of("solution", "42"))))
                .get(0))
        .isEqualTo(
            new ScoreRefusal(
                "the prompt's metadata has no field \"answer\"; it has solution", false));
  }

  @Test
  void noTextMakesItSlow() {
    List<String> bad =
        List.of(
            "\\boxed{".repeat(20_000),
            "answer ".repeat(20_000),
            "the answer is " + "(".repeat(400),
            "the answer is " + "9".repeat(100_000),
            "the answer is " + "9^9^9^".repeat(60) + "9",
            "1,".repeat(50_000),
            "{".repeat(100_000) + "\\boxed{}",
            "\\boxed{" + "\\frac{1}{".repeat(40) + "2" + "}".repeat(41),
            "\\boxed{1e999}",
            "\\".repeat(9_999));
    assertThat(Duration.ofSeconds(20))
        .isGreaterThan(
            timed(
                () -> {
                  for (String response : bad) {
                    assertThat(score(response, "7", Map.of())).isEqualTo(0);
                  }
                }));
  }

  private static Duration timed(Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Property(tries = 500)
  void aNumberIsItselfHoweverItIsWritten(
      @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) long number,
      @ForAll @IntRange(min = 1, max = 1000) int factor) {
    String grouped = String.format(Locale.ROOT, "%,d", number);
    assertThat(score("The answer is " + grouped + ".", Long.toString(number), Map.of()))
        .isEqualTo(1);
    String fraction = "\\boxed{\\frac{" + number * factor + "}{" + factor + "}}";
    assertThat(score(fraction, Long.toString(number), Map.of())).isEqualTo(1);
    assertThat(score("it is " + (number + 1), Long.toString(number), Map.of())).isEqualTo(0);
  }
}
