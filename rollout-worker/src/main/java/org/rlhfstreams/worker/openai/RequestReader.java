package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.generation.Sampling;

/** Reads requests of the two kinds, and says which field is wrong where one is. */
final class RequestReader {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MOST_SAMPLES = 128;
  private static final int MOST_STOP_STRINGS = 64;
  private static final int USUAL_TOKENS = 16;

  private final String modelName;
  private final int maxPositions;

  /**
   * @param maxPositions what an answer of unbounded length is bounded by
   */
  RequestReader(String modelName, int maxPositions) {
    this.modelName = modelName;
    this.maxPositions = maxPositions;
  }

  ApiRequest completion(byte[] body) {
    RequestFields fields = fields(body);
    List<CompletionPrompt> prompts = PromptFields.prompts(fields);
    OptionalLong logProbabilities = fields.wholeNumber("logprobs", 0, 5);
    OptionalLong maxTokens = fields.wholeNumber("max_tokens", 1, Integer.MAX_VALUE);
    fields.neutral("echo", value -> value.isBoolean() && !value.asBoolean());
    fields.neutral("best_of", value -> value.isInt() && value.asInt() == 1);
    fields.neutral("suffix", value -> value.isTextual() && value.asText().isEmpty());
    return rest(
        fields, prompts, logProbabilities.isPresent(), (int) maxTokens.orElse(USUAL_TOKENS));
  }

  ApiRequest chat(byte[] body) {
    RequestFields fields = fields(body);
    List<CompletionPrompt> prompts = List.of(PromptFields.conversation(fields));
    boolean logProbabilities = fields.flag("logprobs");
    OptionalLong older = fields.wholeNumber("max_tokens", 1, Integer.MAX_VALUE);
    OptionalLong newer = fields.wholeNumber("max_completion_tokens", 1, Integer.MAX_VALUE);
    fields.neutral("top_logprobs", value -> value.isInt() && value.asInt() == 0);
    fields.neutral("tool_choice", value -> value.asText().equals("auto"));
    fields.neutral(
        "modalities", value -> value.size() == 1 && value.path(0).asText().equals("text"));
    fields.ignore("parallel_tool_calls");
    return rest(fields, prompts, logProbabilities, (int) newer.orElse(older.orElse(maxPositions)));
  }

  private RequestFields fields(byte[] body) {
    JsonNode json;
    try {
      json = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw ApiException.badRequest(
          null, "the body is not JSON: " + e.getOriginalMessage() + "; send an object");
    } catch (IOException e) {
      throw ApiException.badRequest(null, "the body cannot be read: " + e.getMessage());
    }
    if (!(json instanceof ObjectNode object)) {
      throw ApiException.badRequest(null, "the body is no JSON object: send one");
    }
    RequestFields fields = new RequestFields(object);
    Optional<String> model = fields.text("model");
    if (model.isPresent() && !model.get().equals(modelName)) {
      throw ApiException.refused(
          404,
          "there is no model %s here: leave the field out, or name %s"
              .formatted(model.get(), modelName),
          "model",
          "model_not_found");
    }
    return fields;
  }

  private static ApiRequest rest(
      RequestFields fields,
      List<CompletionPrompt> prompts,
      boolean logProbabilities,
      int maxTokens) {
    int samples = (int) fields.wholeNumber("n", 1, MOST_SAMPLES).orElse(1);
    Sampling sampling = sampling(fields, maxTokens);
    List<String> stop = stop(fields);
    boolean stream = fields.flag("stream");
    boolean includeUsage = includeUsage(fields, stream);
    fields.neutral("presence_penalty", value -> value.isNumber() && value.asDouble() == 0);
    fields.neutral("frequency_penalty", value -> value.isNumber() && value.asDouble() == 0);
    fields.neutral("logit_bias", value -> value.isObject() && value.isEmpty());
    fields.neutral("response_format", value -> value.path("type").asText().equals("text"));
    fields.ignore("user", "metadata", "store");
    fields.refuseUnknown();
    return new ApiRequest(prompts, samples, sampling, stop, stream, includeUsage, logProbabilities);
  }

  private static Sampling sampling(RequestFields fields, int maxTokens) {
    double temperature =
        fields.number(
            "temperature", 1, value -> value >= 0 && value < Double.POSITIVE_INFINITY, "0 or more");
    double topP =
        fields.number("top_p", 1, value -> value > 0 && value <= 1, "above 0, and 1 at most");
    double minP =
        fields.number("min_p", 0, value -> value >= 0 && value < 1, "0 or more, and below 1");
    double penalty =
        fields.number(
            "repetition_penalty",
            1,
            value -> value > 0 && value < Double.POSITIVE_INFINITY,
            "above 0");
    // vLLM's clients write -1 where all tokens are kept
    int topK = (int) Math.max(0, fields.wholeNumber("top_k", -1, Integer.MAX_VALUE).orElse(0));
    int minTokens = (int) fields.wholeNumber("min_tokens", 0, maxTokens).orElse(0);
    long seed =
        fields
            .wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE)
            .orElseGet(() -> ThreadLocalRandom.current().nextLong());
    return new Sampling(temperature, topK, topP, minP, penalty, minTokens, maxTokens, seed);
  }

  private static List<String> stop(RequestFields fields) {
    Optional<JsonNode> found = fields.find("stop");
    if (found.isEmpty()) {
      return List.of();
    }
    String expected = "a string that is not empty, or a list of up to " + MOST_STOP_STRINGS;
    List<String> stop = new ArrayList<>();
    for (JsonNode value : found.get().isArray() ? found.get() : List.of(found.get())) {
      RequestFields.require(
          value.isTextual() && !value.asText().isEmpty(), "stop", expected, found.get());
      stop.add(value.asText());
    }
    RequestFields.require(stop.size() <= MOST_STOP_STRINGS, "stop", expected, found.get());
    return stop;
  }

  private static boolean includeUsage(RequestFields fields, boolean stream) {
    Optional<JsonNode> options = fields.find("stream_options");
    if (options.isEmpty()) {
      return false;
    }
    JsonNode value = options.get();
    RequestFields.require(stream, "stream_options", "it only where stream is true", value);
    RequestFields.require(value.isObject(), "stream_options", "an object", value);
    RequestFields inner = new RequestFields((ObjectNode) value);
    boolean includeUsage = inner.flag("include_usage");
    inner.refuseUnknown();
    return includeUsage;
  }
}
