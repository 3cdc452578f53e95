package org.rlhfstreams.model.text;

import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.templates.Rendering;
import org.rlhfstreams.templates.Template;
import org.rlhfstreams.templates.TemplateException;

/**
 * A model's chat template: turns conversations into the text that the model was trained on, as
 * transformers' {@code apply_chat_template} does. Immutable; safe for many threads.
 */
public final class ChatTemplate {
  private static final String CONTENT = "content";
  private static final String END_OF_CONTENT = "CONTINUE_FINAL_MESSAGE_TAG ";

  private final ChatTemplateFiles.Source plain;
  private final ChatTemplateFiles.Source withTools;
  private final Map<String, Object> specialTokens;

  private ChatTemplate(
      ChatTemplateFiles.Source plain,
      ChatTemplateFiles.Source withTools,
      Map<String, Object> specialTokens) {
    this.plain = plain;
    this.withTools = withTools;
    this.specialTokens = specialTokens;
  }

  /**
   * Opens the template of a model directory: {@code chat_template.jinja}, or the one named {@code
   * default} in {@code tokenizer_config.json}. One named {@code tool_use} serves where tools are
   * given.
   *
   * @throws ModelException where there is none or it cannot be compiled
   */
  public static ChatTemplate open(Path modelDirectory) {
    return of(ChatTemplateFiles.read(modelDirectory));
  }

  /**
   * As {@link #open(Path)}, for models that may have none.
   *
   * @throws ModelException where there is one that cannot be compiled
   */
  public static Optional<ChatTemplate> find(Path modelDirectory) {
    ChatTemplateFiles files = ChatTemplateFiles.read(modelDirectory);
    return files.templates().isEmpty() ? Optional.empty() : Optional.of(of(files));
  }

  private static ChatTemplate of(ChatTemplateFiles files) {
    files.requireDefault();
    return new ChatTemplate(files.get("default"), files.get("tool_use"), files.specialTokens());
  }

  /**
   * Opens the template that a model directory has under a name.
   *
   * @throws ModelException where there is none of the name or it cannot be compiled
   */
  public static ChatTemplate open(Path modelDirectory, String name) {
    ChatTemplateFiles files = ChatTemplateFiles.read(modelDirectory);
    ChatTemplateFiles.Source named = files.named(name);
    return new ChatTemplate(named, named, files.specialTokens());
  }

  /** Renders a conversation without tools. */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return render(messages, List.of(), addGenerationPrompt);
  }

  /**
   * Renders a conversation.
   *
   * @param tools JSON descriptions of what the assistant may call; none where empty
   * @param addGenerationPrompt whether to end with what begins the assistant's answer
   * @throws ModelException where the template raises an error, as many do for roles that they do
   *     not know or that do not alternate
   */
  public String render(
      List<ChatMessage> messages,
      List<? extends Map<String, ?>> tools,
      boolean addGenerationPrompt) {
    return render(messages, tools, addGenerationPrompt, Map.of());
  }

  /**
   * Renders a conversation with further variables, such as {@code enable_thinking}.
   *
   * @param tools JSON descriptions of what the assistant may call; none where empty
   * @param addGenerationPrompt whether to end with what begins the assistant's answer
   * @param variables what else the template may read; they go before all others
   * @throws ModelException where the template raises an error
   */
  public String render(
      List<ChatMessage> messages,
      List<? extends Map<String, ?>> tools,
      boolean addGenerationPrompt,
      Map<String, ?> variables) {
    return rendering(messages, tools, addGenerationPrompt, variables).text();
  }

  /**
   * Renders a conversation without what begins an answer, and marks the assistant's own words by
   * the template's {@code generation} blocks.
   *
   * @param tools JSON descriptions of what the assistant may call; none where empty
   * @param variables what else the template may read; they go before all others
   * @throws ModelException where the template raises an error
   */
  public MarkedText renderMarked(
      List<ChatMessage> messages, List<? extends Map<String, ?>> tools, Map<String, ?> variables) {
    return MarkedText.of(rendering(messages, tools, false, variables));
  }

  /**
   * Renders a conversation up to the end of its last message's content, which is to be gone on
   * with, as transformers' {@code continue_final_message} does.
   *
   * @param tools JSON descriptions of what the assistant may call; none where empty
   * @param variables what else the template may read; they go before all others
   * @return empty where that message has no text, or the template does not show it
   * @throws ModelException where the template raises an error
   */
  public Optional<String> renderContinued(
      List<ChatMessage> messages, List<? extends Map<String, ?>> tools, Map<String, ?> variables) {
    Map<String, Object> last = new LinkedHashMap<>(messages.get(messages.size() - 1).fields());
    if (!(last.get(CONTENT) instanceof String content)) {
      return Optional.empty();
    }
    last.put(CONTENT, content + END_OF_CONTENT);
    List<ChatMessage> marked = new ArrayList<>(messages.subList(0, messages.size() - 1));
    marked.add(new ChatMessage(last));
    String text = render(marked, tools, false, variables);
    int end = text.lastIndexOf(END_OF_CONTENT.strip());
    if (end < 0 || !text.contains(content.strip())) {
      return Optional.empty();
    }
    String before = text.substring(0, end);
    return Optional.of(text.startsWith(END_OF_CONTENT, end) ? before : before.stripTrailing());
  }

  /** The file that it comes from. */
  public Path file() {
    return (plain == null ? withTools : plain).file();
  }

  /** Whether it marks the assistant's own words with {@code generation} blocks. */
  public boolean marksAssistant() {
    return plain != null && plain.template().marksGeneration();
  }

  /**
   * Requires that it marks the assistant's own words.
   *
   * @throws ModelException if it does not, saying what to do
   */
  public void requireMarks() {
    if (!marksAssistant()) {
      throw new ModelException(
          ("%s does not mark what the assistant says, so that it cannot be learned alone: write {%%"
                  + " generation %%} before and {%% endgeneration %%} behind what the assistant says,"
                  + " its end of turn included (TRL's trl/chat_templates/*_training.jinja are such"
                  + " templates for Llama 3, Qwen and others), or train without"
                  + " learner.assistant-only-loss")
              .formatted(file()));
    }
  }

  private Rendering rendering(
      List<ChatMessage> messages,
      List<? extends Map<String, ?>> tools,
      boolean addGenerationPrompt,
      Map<String, ?> variables) {
    Map<String, Object> context = new LinkedHashMap<>(specialTokens);
    context.put("messages", messages.stream().map(ReasoningFields::under).toList());
    context.put("tools", tools.isEmpty() ? null : tools);
    context.put("documents", null);
    context.put("add_generation_prompt", addGenerationPrompt);
    context.putAll(variables);
    ChatTemplateFiles.Source source = source(!tools.isEmpty());
    try {
      return source.template().renderMarked(context, ZonedDateTime::now);
    } catch (TemplateException e) {
      throw new ModelException(
          ("%s: the chat template cannot render this conversation: %s; change the messages, or the"
                  + " template where it is wrong")
              .formatted(source.file(), e.getMessage()),
          e);
    }
  }

  private ChatTemplateFiles.Source source(boolean tools) {
    if (tools && withTools != null) {
      return withTools;
    }
    if (plain == null) {
      throw new ModelException(
          withTools.file()
              + " has a chat template for tools alone and none named default: give tools, or open"
              + " one by its name");
    }
    return plain;
  }

  static Template compile(Path file, String text) {
    try {
      return Template.compile(text);
    } catch (TemplateException e) {
      throw new ModelException(
          "%s: the chat template is damaged: %s; fetch or write it again"
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
