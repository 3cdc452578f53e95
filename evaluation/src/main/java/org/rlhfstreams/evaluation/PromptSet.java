package org.rlhfstreams.evaluation;

import java.nio.file.Path;

/**
 * Prompts whose responses models are measured on.
 *
 * @param file JSONL with prompt, messages or ids, or plain text with a prompt a line
 * @param chat whether a prompt is a user's message
 * @param samples responses to each prompt, at least 1
 * @param batchSize responses sampled side by side, at least 1
 * @param sampling how responses are drawn
 */
public record PromptSet(
    Path file, boolean chat, int samples, int batchSize, ResponseSampling sampling) {}
