package org.rlhfstreams.people.integrations;

import org.rlhfstreams.events.Choice;

/** The words by which tasks and records of annotation tools name a choice. */
final class ToolChoice {
  private ToolChoice() {}

  /**
   * The choice that a word means.
   *
   * @param path of the word, for messages
   */
  static Choice named(String word, String path) {
    return switch (word) {
      case "first" -> Choice.FIRST;
      case "second" -> Choice.SECOND;
      case "tie" -> Choice.TIE;
      case "skip" -> Choice.SKIP;
      default -> throw Members.wrong(path, "first, second, tie or skip");
    };
  }
}
