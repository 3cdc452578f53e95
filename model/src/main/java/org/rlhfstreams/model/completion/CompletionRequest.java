package org.rlhfstreams.model.completion;

import java.util.List;
import org.rlhfstreams.model.generation.Sampling;

/**
 * One completion to write.
 *
 * @param id the caller's name for it, of no other that is under way
 * @param stop texts that end it, none of them empty; the completion's text ends before them
 * @param listener hears the text as it is written
 */
public record CompletionRequest(
    String id,
    CompletionPrompt prompt,
    Sampling sampling,
    List<String> stop,
    CompletionListener listener) {
  public CompletionRequest {
    stop = List.copyOf(stop);
  }

  /** Without stop strings, and heard by nobody. */
  public CompletionRequest(String id, CompletionPrompt prompt, Sampling sampling) {
    this(id, prompt, sampling, List.of(), CompletionListener.NONE);
  }
}
