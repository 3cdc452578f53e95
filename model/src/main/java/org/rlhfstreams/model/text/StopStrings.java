package org.rlhfstreams.model.text;

import java.util.Collection;
import java.util.List;

/**
 * Cuts a stream of text before the first place where a stop string begins. Text that may yet turn
 * out to be the start of one is held back, so that what is shown never changes. One a stream.
 */
public final class StopStrings {
  private final List<String> stopStrings;
  private String held = "";
  private boolean stopped;

  /**
   * Watches for stop strings.
   *
   * @throws IllegalArgumentException where one is empty
   */
  public StopStrings(Collection<String> stopStrings) {
    if (stopStrings.contains("")) {
      throw new IllegalArgumentException("a stop string is empty: leave it out or give its text");
    }
    this.stopStrings = List.copyOf(stopStrings);
  }

  /** The text that a piece makes certain; empty once a stop string was found. */
  public String next(String piece) {
    if (stopped) {
      return "";
    }
    held += piece;
    int match = firstMatch();
    int possible = firstPossible();
    if (match >= 0 && match <= possible) {
      stopped = true;
      return release(match);
    }
    return release(possible);
  }

  /** What was held back, at the end of the stream. */
  public String finish() {
    int match = stopped ? 0 : firstMatch();
    stopped |= match >= 0;
    return release(match >= 0 ? match : held.length());
  }

  /** Tells whether a stop string was found, so that nothing more will be shown. */
  public boolean stopped() {
    return stopped;
  }

  private String release(int length) {
    String released = held.substring(0, length);
    held = stopped ? "" : held.substring(length);
    return released;
  }

  private int firstMatch() {
    int first = -1;
    for (String stopString : stopStrings) {
      int found = held.indexOf(stopString);
      first = found >= 0 && (first < 0 || found < first) ? found : first;
    }
    return first;
  }

  /** Where a stop string may have begun whose rest is still to come; the end where none has. */
  private int firstPossible() {
    int first = held.length();
    for (String stopString : stopStrings) {
      int from = Math.max(0, held.length() - stopString.length() + 1);
      for (int at = from; at < first; at++) {
        if (stopString.startsWith(held.substring(at))) {
          first = at;
        }
      }
    }
    return first;
  }
}
