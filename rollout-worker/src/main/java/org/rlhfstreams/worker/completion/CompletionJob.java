package org.rlhfstreams.worker.completion;

import java.util.List;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.generation.Sampling;

/**
 * What one caller asks for: some completions of each of some prompts. Completions are numbered from
 * 0, those of the first prompt first.
 *
 * @param id of no other job
 * @param samples completions of each prompt
 * @param sampling of the first completion; the others' seeds follow from its
 * @param stop texts that end a completion
 * @param streamed whether the listener hears pieces
 */
public record CompletionJob(
    String id,
    List<CompletionPrompt> prompts,
    int samples,
    Sampling sampling,
    List<String> stop,
    boolean streamed,
    JobListener listener) {
  public CompletionJob {
    prompts = List.copyOf(prompts);
    stop = List.copyOf(stop);
  }

  /** How many there will be. */
  public int completions() {
    return prompts.size() * samples;
  }
}
