package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/**
 * The columns that a prompt comes in: prompt, a text or messages; else instruction and input; else
 * messages or conversations.
 */
final class Prompts {
  private static final String PROMPT = "prompt";
  private static final String INSTRUCTION = "instruction";
  private static final String INPUT = "input";
  private static final String MESSAGES = "messages";
  private static final String CONVERSATIONS = "conversations";

  private Prompts() {}

  /** Whether rows with these columns have a prompt. */
  static boolean present(Set<String> columns) {
    return List.of(PROMPT, INSTRUCTION, MESSAGES, CONVERSATIONS).stream()
        .anyMatch(columns::contains);
  }

  /** Whether the prompts of rows with these columns are made of one. */
  static boolean reads(Set<String> columns, String column) {
    if (columns.contains(PROMPT)) {
      return column.equals(PROMPT);
    }
    return columns.contains(INSTRUCTION)
        ? column.equals(INSTRUCTION) || column.equals(INPUT)
        : column.equals(MESSAGES) || column.equals(CONVERSATIONS);
  }

  /** Whether the row's file has a column for prompts, even if this row's is empty. */
  static boolean known(DataRow row) {
    return apart(row) || row.knows(MESSAGES) || row.knows(CONVERSATIONS);
  }

  private static boolean apart(DataRow row) {
    return row.knows(PROMPT) || row.knows(INSTRUCTION);
  }

  /** Whether the row's prompt is made of a column. */
  static boolean reads(DataRow row, String column) {
    if (row.has(PROMPT)) {
      return column.equals(PROMPT);
    }
    if (row.has(INSTRUCTION)) {
      return column.equals(INSTRUCTION) || column.equals(INPUT);
    }
    return column.equals(row.has(MESSAGES) ? MESSAGES : CONVERSATIONS);
  }

  /** Whether the row's prompt is a conversation. */
  static boolean conversation(DataRow row) {
    return apart(row) ? row.value(PROMPT).isArray() : row.has(MESSAGES) || row.has(CONVERSATIONS);
  }

  /**
   * The prompt as messages.
   *
   * @throws BadRowException if it is no conversation, or one that is answered already
   */
  static List<ChatMessage> messages(DataRow row) throws BadRowException {
    if (row.value(PROMPT).isArray()) {
      return Conversations.read(row, PROMPT);
    }
    String column = row.has(MESSAGES) ? MESSAGES : CONVERSATIONS;
    List<ChatMessage> messages = Conversations.read(row, column);
    Conversations.requireQuestion(column, messages);
    return messages;
  }

  /**
   * The prompt as text.
   *
   * @throws BadRowException if there is no text
   */
  static String text(DataRow row) throws BadRowException {
    if (row.has(PROMPT)) {
      return row.text(PROMPT);
    }
    if (!row.has(INSTRUCTION)) {
      throw empty();
    }
    String input = row.has(INPUT) ? row.text(INPUT) : "";
    return row.text(INSTRUCTION) + (input.isEmpty() ? "" : "\n" + input) + "\n";
  }

  /** What is wrong with a row without a prompt. */
  static BadRowException empty() {
    return new BadRowException("empty prompt", "its prompt is empty");
  }
}
