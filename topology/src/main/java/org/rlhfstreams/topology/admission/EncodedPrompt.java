package org.rlhfstreams.topology.admission;

/**
 * A prompt as the policy reads it.
 *
 * @param text rendered, with the chat template where it is a conversation
 * @param tokenIds of the text
 */
public record EncodedPrompt(String text, int[] tokenIds) {}
