package org.rlhfstreams.scorers.rules;

/** Cuts texts of any length for explanations. */
public final class Quote {
  private static final int LONGEST = 80;

  private Quote() {}

  /** The text's beginning, on one line. */
  public static String of(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return cut.replace('\n', ' ').replace('\r', ' ');
  }
}
