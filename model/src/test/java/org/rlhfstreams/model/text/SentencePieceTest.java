package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.model.Goldens;

/** A tokenizer as Llama 2 has it: its decoder strips the space that a text begins with. */
final class SentencePieceTest {
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.open(Goldens.resource("/goldens/text/sentencepiece"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static String streamed(int[] before, int[] tokenIds) {
    IncrementalDecoder decoder = new IncrementalDecoder(tokenizer, true, before);
    StringBuilder text = new StringBuilder();
    for (int tokenId : tokenIds) {
      text.append(decoder.next(tokenId));
    }
    return text.append(decoder.finish()).toString();
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "once upon a, time there was",
        "once,  two spaces",
        "the dog, ran to the park and sat and was happy and ran",
        "say 😀, 😀 happy",
        "a long prompt that is cut for its text but not in its text, and",
      })
  void whatGoesOnWithATextKeepsItsFirstSpace(String prompt, String answer) {
    int[] before = tokenizer.encodePrompt(prompt);
    int[] whole = tokenizer.encodePrompt(prompt + answer);
    int[] after = Arrays.copyOfRange(whole, before.length, whole.length);
    assertThat(tokenizer.decodeAfter(before, after, true)).isEqualTo(answer);
    assertThat(streamed(before, after)).isEqualTo(answer);
  }

  @Test
  void whatBeginsATextDoesNot() {
    int[] beginning = tokenizer.encodePrompt("");
    assertThat(beginning).containsExactly(1);
    int[] text = tokenizer.encode("once upon a time");
    assertThat(tokenizer.decodeAfter(beginning, text, true)).isEqualTo("once upon a time");
    assertThat(streamed(beginning, text)).isEqualTo("once upon a time");
    assertThat(streamed(new int[0], text)).isEqualTo("once upon a time");
  }

  @Test
  void theBytesOfTokensAreTheText() {
    String text = "once upon a é😀 time";
    StringBuilder joined = new StringBuilder();
    for (int tokenId : tokenizer.encode(text)) {
      joined.append(new String(tokenizer.bytes(tokenId), StandardCharsets.ISO_8859_1));
    }
    assertThat(joined.toString().getBytes(StandardCharsets.ISO_8859_1))
        .isEqualTo((" " + text).getBytes(StandardCharsets.UTF_8));
    assertThat(tokenizer.bytes(1)).as("<s>").isEmpty();
  }
}
