package org.rlhfstreams.scorers.rules;

import java.util.List;
import java.util.Locale;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * What makes no difference between two texts. Blanks at both ends never do, and runs of blanks
 * within count as one.
 *
 * @param ignoreCase upper and lower case
 * @param ignorePunctuation all that is no letter, digit, mark, symbol or blank
 */
public record TextForm(boolean ignoreCase, boolean ignorePunctuation) {
  /** What a user may set. */
  public static final List<ScorerSetting> SETTINGS =
      List.of(
          ScorerSetting.of("ignore-case", "false", "true if upper and lower case are the same"),
          ScorerSetting.of(
              "ignore-punctuation", "false", "true if punctuation makes no difference"));

  /** Reads {@link #SETTINGS}. */
  public static TextForm of(SettingValues values) {
    return new TextForm(values.flag("ignore-case"), values.flag("ignore-punctuation"));
  }

  /** The text without what makes no difference. */
  public String of(String text) {
    StringBuilder form = new StringBuilder(text.length());
    boolean blank = false;
    for (int i = 0; i < text.length(); ) {
      char ascii = text.charAt(i);
      boolean plain = ascii > ' ' && ascii < 127 && !ignorePunctuation;
      int character = plain ? ascii : text.codePointAt(i);
      i += Character.charCount(character);
      if (plain) { // most text
        if (blank && form.length() > 0) {
          form.append(' ');
        }
        blank = false;
        form.append(ascii);
      } else if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
        blank = true;
      } else if (!ignorePunctuation || !isPunctuation(character)) {
        if (blank && form.length() > 0) {
          form.append(' ');
        }
        blank = false;
        form.appendCodePoint(character);
      }
    }
    return ignoreCase
        ? form.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT)
        : form.toString();
  }

  private static boolean isPunctuation(int character) {
    return switch (Character.getType(character)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }
}
