package org.rlhfstreams.model.completion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;

/** Writes many completions at once, as a {@link Generator} draws many responses. One thread. */
public final class TextGenerator implements AutoCloseable {
  private final PromptEncoding prompts;
  private final Generator generator;
  private final Map<String, CompletionText> underWay = new HashMap<>();

  /**
   * @param generator used by nothing else; closed here
   */
  public TextGenerator(PromptEncoding prompts, Generator generator) {
    this.prompts = prompts;
    this.generator = generator;
  }

  /**
   * Queues a completion.
   *
   * @throws PromptException where its prompt cannot be continued
   * @throws IllegalArgumentException where a stop string is empty, or its id is another's
   */
  public void submit(CompletionRequest request) {
    submit(request, prompts.encode(request.prompt()));
  }

  /**
   * Queues a completion whose prompt has been encoded already.
   *
   * @param promptTokenIds what {@link PromptEncoding#encode} made of its prompt
   * @throws PromptException where they cannot be continued within the memory there is
   * @throws IllegalArgumentException where a stop string is empty, or its id is another's
   */
  public void submit(CompletionRequest request, int[] promptTokenIds) {
    if (underWay.containsKey(request.id())) {
      throw new IllegalArgumentException(
          "completion " + request.id() + " is under way already: give each an id of its own");
    }
    if (promptTokenIds.length >= generator.maxTokens()) {
      throw new PromptException(
          String.format(
              Locale.ROOT,
              "the prompt has %,d tokens, but the cache has room for %,d with the response: shorten it",
              promptTokenIds.length,
              generator.maxTokens()));
    }
    CompletionText text =
        new CompletionText(
            request, promptTokenIds, prompts.tokenizer(), generator.settings().stopTokens());
    generator.submit(new GenerationRequest(request.id(), promptTokenIds, request.sampling(), text));
    underWay.put(request.id(), text);
  }

  /** Draws one token for every completion that runs; those that wait enter free slots first. */
  public List<Completion> step() {
    List<Completion> finished = new ArrayList<>();
    for (Generation generation : generator.step()) {
      CompletionText text = underWay.remove(generation.request().id());
      CompletionEnd end = text.finish(generation.finishReason());
      finished.add(new Completion(text.request(), text.text(), end, generation));
    }
    return finished;
  }

  /** Writes all that is queued; hands out each completion as it ends. */
  public void drain(Consumer<Completion> consumer) {
    while (!idle()) {
      step().forEach(consumer);
    }
  }

  /**
   * Forgets a completion; not from within a listener.
   *
   * @return whether it was under way
   */
  public boolean cancel(String id) {
    return underWay.remove(id) != null && generator.cancel(id);
  }

  /** Forgets all completions. */
  public void clear() {
    underWay.clear();
    generator.clear();
  }

  /** Whether nothing is under way. */
  public boolean idle() {
    return generator.idle();
  }

  /** Tokens drawn so far, in all. */
  public long tokensDrawn() {
    return generator.tokensDrawn();
  }

  @Override
  public void close() {
    generator.close();
  }
}
