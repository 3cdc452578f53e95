package org.rlhfstreams.cli.doctor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One line about this machine or its cluster.
 *
 * @param subject what was looked at, such as {@code memory}
 * @param state how it stands
 * @param fact what was found
 * @param remedy the command or the setting that mends it; empty if nothing is to be done
 */
public record Diagnosis(String subject, State state, String fact, String remedy) {
  private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");

  /** How it stands with something. */
  public enum State {
    /** As it must be. */
    OK,
    /** Worth knowing; nothing fails for it. */
    NOTE,
    /** Something will fail for it. */
    PROBLEM
  }

  /** Puts both texts on one line. */
  public Diagnosis {
    fact = oneLine(fact);
    remedy = oneLine(remedy);
  }

  /** As it must be. */
  public static Diagnosis ok(String subject, String fact) {
    return new Diagnosis(subject, State.OK, fact, "");
  }

  /** Worth knowing. */
  public static Diagnosis note(String subject, String fact, String remedy) {
    return new Diagnosis(subject, State.NOTE, fact, remedy);
  }

  /** To be mended. */
  public static Diagnosis problem(String subject, String fact, String remedy) {
    return new Diagnosis(subject, State.PROBLEM, fact, remedy);
  }

  private static String oneLine(String text) {
    return LINE_BREAK.matcher(text.strip()).replaceAll("; ");
  }

  /** For a terminal. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "%-8s %-15s %s%s",
        state.name().toLowerCase(Locale.ROOT),
        subject,
        fact,
        remedy.isEmpty() ? "" : ": " + remedy);
  }

  /** Values by name, of JSON's types. */
  public Map<String, String> named() {
    Map<String, String> named = new LinkedHashMap<>();
    named.put("subject", subject);
    named.put("state", state.name().toLowerCase(Locale.ROOT));
    named.put("fact", fact);
    named.put("remedy", remedy);
    return named;
  }
}
