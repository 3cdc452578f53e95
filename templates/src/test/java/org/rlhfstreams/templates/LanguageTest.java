package org.rlhfstreams.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A prompt is the same text whatever the language of the machine is. */
final class LanguageTest {
  private static final String TEMPLATE =
      "{{ 1e-7 }} {{ 12 / 5 }} {{ '%05d' | format(42) }} {{ 'I' | lower }}"
          + " {{ strftime_now('%d %b %Y %f %e %c') }}";

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "hi-IN-u-nu-deva", "tr-TR"})
  void digitsAndLettersAreThoseOfPython(String language) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.ROOT);
      String expected = render();
      assertThat(expected).startsWith("1e-07 2.4 00042 i ");
      Locale.setDefault(Locale.forLanguageTag(language));
      assertThat(render()).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }

  private static String render() {
    return Template.compile(TEMPLATE).render(Map.of(), IdiomsTest.CLOCK);
  }
}
