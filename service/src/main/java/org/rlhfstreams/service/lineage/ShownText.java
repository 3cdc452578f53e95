package org.rlhfstreams.service.lineage;

/** The beginning of a text, in a line. */
final class ShownText {
  private static final int CHARACTERS = 60;

  private ShownText() {}

  static String of(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= CHARACTERS ? line : line.substring(0, CHARACTERS - 1) + "…";
  }
}
