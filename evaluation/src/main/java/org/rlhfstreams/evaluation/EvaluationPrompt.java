package org.rlhfstreams.evaluation;

import org.rlhfstreams.model.completion.CompletionPrompt;

/**
 * A prompt to measure models on.
 *
 * @param source file and line
 */
record EvaluationPrompt(String source, CompletionPrompt prompt) {}
