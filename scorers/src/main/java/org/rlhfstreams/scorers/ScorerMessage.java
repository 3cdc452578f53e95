package org.rlhfstreams.scorers;

/**
 * A message of a conversation.
 *
 * @param role such as {@code user}
 * @param content its text
 */
public record ScorerMessage(String role, String content) {}
