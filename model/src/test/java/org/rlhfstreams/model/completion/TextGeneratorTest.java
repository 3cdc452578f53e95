package org.rlhfstreams.model.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.generation.Sampling;

final class TextGeneratorTest {
  private static final CompletionPrompt ONCE = CompletionPrompt.of("Once upon a time");
  private static LanguageModel model;

  @BeforeAll
  static void open() {
    model = LanguageModel.open(Path.of("..", "models", "starter"));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Sampling sampling(long seed, int tokens) {
    return new Sampling(0.8, 0, 1, tokens, seed);
  }

  private static Completion write(CompletionRequest request) {
    List<Completion> completions = new ArrayList<>();
    try (TextGenerator generator = model.textGenerator(2)) {
      generator.submit(request);
      generator.drain(completions::add);
    }
    assertThat(completions).hasSize(1);
    return completions.get(0);
  }

  @Test
  void piecesAreTheWholeWhenPutTogether() {
    List<CompletionPiece> pieces = new ArrayList<>();
    Completion told =
        write(new CompletionRequest("a", ONCE, sampling(3, 60), List.of(), pieces::add));
    assertThat(String.join("", pieces.stream().map(CompletionPiece::text).toList()))
        .isEqualTo(told.text())
        .isEqualTo(model.tokenizer().decode(told.tokenIds(), true));
    assertThat(pieces.stream().flatMapToInt(piece -> Arrays.stream(piece.tokenIds())).toArray())
        .isEqualTo(told.tokenIds());
    assertThat(pieces).hasSizeGreaterThan(30);
    assertThat(told.end()).isEqualTo(CompletionEnd.LENGTH);
    assertThat(told.logProbabilities()).hasSize(60);
  }

  @Test
  void theTextGoesOnFromThePrompts() {
    List<Completion> completions = new ArrayList<>();
    StringBuilder told = new StringBuilder();
    try (LanguageModel sentencePiece =
            LanguageModel.open(Goldens.resource("/goldens/text/sentencepiece"));
        TextGenerator generator = sentencePiece.textGenerator(1)) {
      generator.submit(
          new CompletionRequest(
              "a",
              CompletionPrompt.of("once upon a"),
              new Sampling(0, 0, 1, 6, 0),
              List.of(),
              piece -> told.append(piece.text())));
      generator.drain(completions::add);
    }
    assertThat(completions.get(0).text()).isEqualTo(" time there was a little girl");
    assertThat(told.toString()).isEqualTo(" time there was a little girl");
  }

  @Test
  void aStopStringAcrossTokensEndsTheTextBeforeIt() {
    Completion whole = write(new CompletionRequest("whole", ONCE, sampling(3, 60)));
    String first = model.tokenizer().decode(Arrays.copyOf(whole.tokenIds(), 20), true);
    String stop = whole.text().substring(first.length() - 3, first.length() + 3);
    int cut = whole.text().indexOf(stop);
    List<String> pieces = new ArrayList<>();
    Completion stopped =
        write(
            new CompletionRequest(
                "stopped",
                ONCE,
                sampling(3, 60),
                List.of("never written", stop),
                piece -> pieces.add(piece.text())));
    assertThat(stopped.end()).isEqualTo(CompletionEnd.STOP_STRING);
    assertThat(stopped.text()).isEqualTo(whole.text().substring(0, cut));
    assertThat(String.join("", pieces)).isEqualTo(stopped.text());
    assertThat(stopped.tokenIds())
        .as("what was drawn, the stop string's tokens too")
        .isEqualTo(Arrays.copyOf(whole.tokenIds(), stopped.tokenIds().length));
    assertThat(model.tokenizer().decode(stopped.tokenIds(), true)).contains(stop);
  }

  @Test
  void aStopTokenEndsTheTextAndIsNotPartOfIt() {
    List<Completion> completions = new ArrayList<>();
    try (TextGenerator generator = model.textGenerator(8)) {
      for (int i = 0; i < 8; i++) {
        generator.submit(new CompletionRequest("" + i, ONCE, sampling(i, 450)));
      }
      generator.drain(completions::add);
    }
    assertThat(completions).anyMatch(told -> told.end() == CompletionEnd.STOP_TOKEN);
    for (Completion told : completions) {
      boolean drawn = told.tokenIds()[told.tokenIds().length - 1] == 0;
      assertThat(drawn).isEqualTo(told.end() == CompletionEnd.STOP_TOKEN);
      assertThat(told.text()).doesNotContain("<|endoftext|>");
    }
  }

  @Test
  void aCancelledCompletionIsForgotten() {
    try (TextGenerator generator = model.textGenerator(1)) {
      generator.submit(new CompletionRequest("a", ONCE, sampling(1, 400)));
      assertThat(generator.step()).isEmpty();
      assertThat(generator.cancel("a")).isTrue();
      assertThat(generator.idle()).isTrue();
      assertThat(generator.cancel("a")).isFalse();
    }
  }

  @Test
  void promptsThatCannotBeContinuedAreRefusedWithTheFix() {
    assertRefused(CompletionPrompt.of(""), "the prompt is empty");
    assertRefused(CompletionPrompt.of("one two ".repeat(400)), "shorten it to 511 or fewer");
    assertRefused(CompletionPrompt.of(new int[] {5, 2048}), "token id 2048 at index 1");
    assertRefused(CompletionPrompt.of(new int[] {-1}), "give ids from 0 to 2047");
    assertRefused(CompletionPrompt.of(List.of()), "no messages");
    assertThatThrownBy(() -> LanguageModel.open(Path.of("..", "models", "starter-reward")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("starter-reward is a reward model");
  }

  private static void assertRefused(CompletionPrompt prompt, String reason) {
    try (TextGenerator generator = model.textGenerator(1)) {
      assertThatThrownBy(() -> generator.submit(new CompletionRequest("a", prompt, sampling(1, 4))))
          .isInstanceOf(PromptException.class)
          .hasMessageContaining(reason);
    }
  }

  @Test
  void seedsOfManyBeginWithTheSeedOfOne() {
    assertThat(CompletionSeed.of(7, 0)).isEqualTo(7);
    assertThat(CompletionSeed.of(7, 1)).isEqualTo(CompletionSeed.of(7, 1)).isNotEqualTo(7);
    assertThat(CompletionSeed.of(7, 1)).isNotEqualTo(CompletionSeed.of(8, 1));
  }
}
