package org.rlhfstreams.people.api;

import java.util.Locale;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;

/** Left and right of what was shown, against first and second of the comparison. */
final class ShownChoice {
  private ShownChoice() {}

  static Choice named(String shown, boolean swapped) {
    return switch (shown) {
      case "left" -> swapped ? Choice.SECOND : Choice.FIRST;
      case "right" -> swapped ? Choice.FIRST : Choice.SECOND;
      default -> Choice.valueOf(shown.toUpperCase(Locale.ROOT));
    };
  }

  static String of(Judgement judgement) {
    return switch (judgement.getChoice()) {
      case FIRST -> judgement.getSwapped() ? "right" : "left";
      case SECOND -> judgement.getSwapped() ? "left" : "right";
      case TIE -> "tie";
      case SKIP -> "skip";
    };
  }
}
