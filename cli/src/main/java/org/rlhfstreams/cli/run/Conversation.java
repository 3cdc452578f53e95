package org.rlhfstreams.cli.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.evaluation.ResponseSampling;
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionEnd;
import org.rlhfstreams.model.completion.CompletionListener;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.completion.CompletionRequest;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.TextGenerator;
import org.rlhfstreams.model.text.ChatMessage;

/**
 * A conversation with a model: messages through its chat template, or, where it has none, one text
 * that both write on.
 */
public final class Conversation implements AutoCloseable {
  private final ResponseSampling sampling;
  private final Optional<String> system;
  private final boolean templated;
  private final TextGenerator generator;
  private final List<ChatMessage> messages = new ArrayList<>();
  private String text = "";
  private long turn;

  private Conversation(LanguageModel model, ResponseSampling sampling, Optional<String> system) {
    this.sampling = sampling;
    this.system = system;
    this.templated = model.prompts().chatTemplate().isPresent();
    this.generator = model.textGenerator(1);
    reset();
  }

  /**
   * Begins one.
   *
   * @param system what the model is told first
   */
  public static Conversation open(
      LanguageModel model, ResponseSampling sampling, Optional<String> system) {
    return new Conversation(model, sampling, system);
  }

  /** Whether the model has a chat template. */
  public boolean templated() {
    return templated;
  }

  /** Forgets all that was said. */
  public void reset() {
    messages.clear();
    system.ifPresent(told -> messages.add(ChatMessage.of("system", told)));
    text = system.map(told -> told + "\n").orElse("");
    turn = 0;
  }

  /**
   * Says something, and waits for the answer.
   *
   * @param listener hears the answer as it is written
   * @return why the answer ended
   * @throws org.rlhfstreams.model.completion.PromptException where the conversation has become too
   *     long; it is as it was before
   */
  public CompletionEnd say(String said, CompletionListener listener) {
    List<ChatMessage> asked = new ArrayList<>(messages);
    asked.add(ChatMessage.of("user", said));
    String written = text + said;
    List<Completion> answers = new ArrayList<>();
    generator.submit(
        new CompletionRequest(
            "answer",
            templated ? CompletionPrompt.of(asked) : CompletionPrompt.of(written),
            sampling.at(turn),
            sampling.stop(),
            listener));
    generator.drain(answers::add);
    Completion answer = answers.get(0);
    messages.clear();
    messages.addAll(asked);
    messages.add(ChatMessage.of("assistant", answer.text()));
    text = written + answer.text() + "\n";
    turn++;
    return answer.end();
  }

  @Override
  public void close() {
    generator.close();
  }
}
