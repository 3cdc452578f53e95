package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class StopStringsTest {
  @Property
  void anySplitIsCutAsTheWholeTextIs(
      @ForAll("pieces") List<String> pieces, @ForAll("stops") List<String> stops) {
    String whole = String.join("", pieces);
    int cut =
        stops.stream().mapToInt(whole::indexOf).filter(at -> at >= 0).min().orElse(whole.length());
    StopStrings matcher = new StopStrings(stops);
    StringBuilder shown = new StringBuilder();
    for (String piece : pieces) {
      shown.append(matcher.next(piece));
      assertThat(whole.substring(0, cut)).startsWith(shown.toString());
    }
    assertThat(shown.append(matcher.finish()).toString()).isEqualTo(whole.substring(0, cut));
    assertThat(matcher.stopped()).isEqualTo(stops.stream().anyMatch(whole::contains));
  }

  @Provide
  Arbitrary<List<String>> pieces() {
    return Arbitraries.strings().withChars("ab").ofMaxLength(4).list().ofMaxSize(12);
  }

  @Provide
  Arbitrary<List<String>> stops() {
    return Arbitraries.strings().withChars("ab").ofMinLength(1).ofMaxLength(6).list().ofMaxSize(4);
  }

  @Example
  void onlyWhatMayBeAStopStringIsHeldBack() {
    StopStrings matcher = new StopStrings(List.of("\nUser:"));
    assertThat(matcher.next("The end.")).isEqualTo("The end.");
    assertThat(matcher.next("\nUs")).isEmpty();
    assertThat(matcher.next("ed")).isEqualTo("\nUsed");
    assertThat(matcher.next(" up\nUser")).isEqualTo(" up");
    assertThat(matcher.stopped()).isFalse();
    assertThat(matcher.next(": and more")).isEmpty();
    assertThat(matcher.stopped()).isTrue();
    assertThat(matcher.next("more")).isEmpty();
    assertThat(matcher.finish()).isEmpty();
  }

  @Example
  void anEmptyStopStringIsRefused() {
    assertThatThrownBy(() -> new StopStrings(List.of("a", "")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
