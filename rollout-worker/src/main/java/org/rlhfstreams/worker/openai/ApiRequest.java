package org.rlhfstreams.worker.openai;

import java.util.List;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.generation.Sampling;

/**
 * A request that has been understood.
 *
 * @param samples completions of each prompt
 * @param includeUsage whether a stream ends with the counts of tokens
 * @param logProbabilities whether the answer has those of the tokens
 */
record ApiRequest(
    List<CompletionPrompt> prompts,
    int samples,
    Sampling sampling,
    List<String> stop,
    boolean stream,
    boolean includeUsage,
    boolean logProbabilities) {}
