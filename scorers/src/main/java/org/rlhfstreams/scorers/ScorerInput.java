package org.rlhfstreams.scorers;

import java.util.List;
import java.util.Map;

/**
 * A response to score.
 *
 * @param rolloutId unique in the run
 * @param groupId shared by all responses that were sampled for one request
 * @param prompt as the policy saw it, rendered
 * @param messages of the prompt if it was a conversation; empty if it was plain text
 * @param response decoded, without special tokens
 * @param responseTokens how many tokens it has, at least 0
 * @param truncated whether it was cut at the longest length instead of ending by itself
 * @param metadata of the prompt, such as the right answer
 */
public record ScorerInput(
    String rolloutId,
    String groupId,
    String prompt,
    List<ScorerMessage> messages,
    String response,
    int responseTokens,
    boolean truncated,
    Map<String, String> metadata) {
  public ScorerInput {
    messages = List.copyOf(messages);
    metadata = Map.copyOf(metadata);
  }
}
