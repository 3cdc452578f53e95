package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.function.Function;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionEnd;
import org.rlhfstreams.model.completion.CompletionPiece;
import org.rlhfstreams.schemas.WeightVersions;

/**
 * The JSON of one request's answer, whole or in parts. The policy's version stands where OpenAI's
 * API names the configuration that answered: {@code system_fingerprint}.
 */
final class Envelope {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CHOICES = "choices";
  private static final String FINISH_REASON = "finish_reason";
  private static final String LOG_PROBABILITIES = "logprobs";
  private static final String USAGE = "usage";

  private final String id;
  private final String modelName;
  private final AnswerFormat format;
  private final ApiRequest request;
  private final Function<int[], AnswerTokens> tokens;
  private final long created = Instant.now().getEpochSecond();
  private final AnswerTokens[] tokensOf;
  private final boolean[] begun;

  /**
   * @param tokens makes the tokens of a completion from those of its prompt
   */
  Envelope(
      String id,
      String modelName,
      AnswerFormat format,
      ApiRequest request,
      Function<int[], AnswerTokens> tokens) {
    this.id = id;
    this.modelName = modelName;
    this.format = format;
    this.request = request;
    this.tokens = tokens;
    int completions = request.prompts().size() * request.samples();
    this.tokensOf = new AnswerTokens[completions];
    this.begun = new boolean[completions];
  }

  private ObjectNode json(String object, WeightVersion version) {
    return MAPPER
        .createObjectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", modelName)
        .put("system_fingerprint", WeightVersions.text(version));
  }

  /** The whole answer. */
  ObjectNode whole(Completion[] completions, WeightVersion version) {
    ObjectNode json = json(format.object(), version);
    ArrayNode choices = json.putArray(CHOICES);
    for (int i = 0; i < completions.length; i++) {
      Completion completion = completions[i];
      ObjectNode choice = choices.addObject().put("index", i);
      format.whole(choice, completion.text());
      logProbabilities(
          choice,
          i,
          completion.promptTokenIds(),
          completion.tokenIds(),
          completion.modelLogProbabilities());
      choice.put(FINISH_REASON, finishReason(completion));
    }
    json.set(USAGE, usage(completions));
    return json;
  }

  /** A part of a streamed answer. */
  ObjectNode part(int index, CompletionPiece piece, WeightVersion version) {
    ObjectNode json = json(format.partObject(), version);
    ObjectNode choice = json.putArray(CHOICES).addObject().put("index", index);
    format.part(choice, piece.text(), !begun[index]);
    begun[index] = true;
    logProbabilities(
        choice, index, piece.promptTokenIds(), piece.tokenIds(), piece.modelLogProbabilities());
    choice.putNull(FINISH_REASON);
    return uncounted(json);
  }

  /** The part that ends one choice. */
  ObjectNode end(int index, Completion completion, WeightVersion version) {
    ObjectNode json = json(format.partObject(), version);
    ObjectNode choice = json.putArray(CHOICES).addObject().put("index", index);
    format.end(choice);
    choice.putNull(LOG_PROBABILITIES);
    choice.put(FINISH_REASON, finishReason(completion));
    return uncounted(json);
  }

  /** The part that counts tokens, after all choices. */
  ObjectNode count(Completion[] completions, WeightVersion version) {
    ObjectNode json = json(format.partObject(), version);
    json.putArray(CHOICES);
    json.set(USAGE, usage(completions));
    return json;
  }

  /** If the counts are to come in the last part, the others say that they have none. */
  private ObjectNode uncounted(ObjectNode part) {
    return request.includeUsage() ? part.putNull(USAGE) : part;
  }

  private void logProbabilities(
      ObjectNode choice, int index, int[] promptTokenIds, int[] tokenIds, float[] values) {
    if (!request.logProbabilities()) {
      choice.putNull(LOG_PROBABILITIES);
      return;
    }
    if (tokensOf[index] == null) {
      tokensOf[index] = tokens.apply(promptTokenIds);
    }
    format.logProbabilities(choice, tokensOf[index].next(tokenIds), values);
  }

  private static String finishReason(Completion completion) {
    return completion.end() == CompletionEnd.LENGTH ? "length" : "stop";
  }

  /** A prompt counts once, however many completions it has. */
  private ObjectNode usage(Completion[] completions) {
    int prompts = 0;
    int tokens = 0;
    for (int i = 0; i < completions.length; i++) {
      prompts += i % request.samples() == 0 ? completions[i].promptTokenIds().length : 0;
      tokens += completions[i].tokenIds().length;
    }
    return MAPPER
        .createObjectNode()
        .put("prompt_tokens", prompts)
        .put("completion_tokens", tokens)
        .put("total_tokens", prompts + tokens);
  }
}
