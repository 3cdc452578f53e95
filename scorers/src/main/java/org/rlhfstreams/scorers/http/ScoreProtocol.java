package org.rlhfstreams.scorers.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerMessage;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;
import org.rlhfstreams.scorers.rules.Quote;

/**
 * Responses and scores as JSON: what the OpenAPI document {@code http-scorer.openapi.yaml} beside
 * this class describes.
 */
public final class ScoreProtocol {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final int LONGEST_EXPLANATION = 10_000;

  private ScoreProtocol() {}

  /** A request to score a batch. */
  public static String request(List<ScorerInput> batch) {
    ObjectNode request = JSON.createObjectNode();
    ArrayNode items = request.putArray("items");
    for (ScorerInput input : batch) {
      ObjectNode item = items.addObject();
      item.put("id", input.rolloutId());
      item.put("group", input.groupId());
      item.put("prompt", input.prompt());
      ArrayNode messages = item.putArray("messages");
      input
          .messages()
          .forEach(
              message ->
                  messages
                      .addObject()
                      .put("role", message.role())
                      .put("content", message.content()));
      item.put("response", input.response());
      item.put("response_tokens", input.responseTokens());
      item.put("truncated", input.truncated());
      ObjectNode metadata = item.putObject("metadata");
      input.metadata().forEach(metadata::put);
    }
    return request.toString();
  }

  /**
   * Reads the answer to a request.
   *
   * @param who has answered, for explanations
   * @return by rollout id; what the answer leaves out is not there
   * @throws UnusableAnswerException if it is not what the contract says
   */
  public static Map<String, ScorerResult> answer(String text, List<ScorerInput> batch, String who)
      throws UnusableAnswerException {
    JsonNode answer;
    try {
      answer = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UnusableAnswerException(
          "the answer is no JSON: "
              + Quote.of(text)
              + " ("
              + Quote.of(e.getOriginalMessage())
              + ")");
    }
    if (!answer.path("scores").isArray()) {
      throw new UnusableAnswerException("the answer has no array \"scores\": " + Quote.of(text));
    }
    Set<String> asked = batch.stream().map(ScorerInput::rolloutId).collect(Collectors.toSet());
    Map<String, ScorerResult> results = new HashMap<>();
    for (JsonNode score : answer.get("scores")) {
      String id = score.path("id").asText("");
      if (!asked.contains(id)) {
        throw new UnusableAnswerException(
            "the answer scores \"" + Quote.of(id) + "\", which was not asked for");
      }
      if (results.put(id, result(score, who)) != null) {
        throw new UnusableAnswerException("the answer scores \"" + Quote.of(id) + "\" twice");
      }
    }
    return results;
  }

  /**
   * Reads a request.
   *
   * @throws UnusableAnswerException if it is not what the contract says
   */
  public static List<ScorerInput> inputs(String text) throws UnusableAnswerException {
    List<ScorerInput> inputs = new ArrayList<>();
    try {
      for (JsonNode item : JSON.readTree(text).path("items")) {
        List<ScorerMessage> messages = new ArrayList<>();
        for (JsonNode message : item.path("messages")) {
          messages.add(
              new ScorerMessage(message.path("role").asText(), message.path("content").asText()));
        }
        Map<String, String> metadata = new HashMap<>();
        item.path("metadata")
            .properties()
            .forEach(field -> metadata.put(field.getKey(), field.getValue().asText()));
        inputs.add(
            new ScorerInput(
                item.path("id").asText(),
                item.path("group").asText(),
                item.path("prompt").asText(),
                messages,
                item.path("response").asText(),
                item.path("response_tokens").asInt(),
                item.path("truncated").asBoolean(),
                metadata));
      }
      return inputs;
    } catch (JsonProcessingException e) {
      throw new UnusableAnswerException("the request is no JSON: " + Quote.of(text));
    }
  }

  /** The answer to a request, on one line. */
  public static String answer(List<ScorerInput> batch, List<ScorerResult> results) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode scores = answer.putArray("scores");
    for (int i = 0; i < batch.size(); i++) {
      ObjectNode score = scores.addObject().put("id", batch.get(i).rolloutId());
      if (results.get(i) instanceof ScoreValue value) {
        score.put("value", value.value());
        value.explanation().ifPresent(text -> score.put("explanation", cut(text)));
      } else if (results.get(i) instanceof ScoreRefusal refusal) {
        score.put("error", cut(refusal.reason()));
        score.put("retry", refusal.tryAgain());
      }
    }
    return answer.toString();
  }

  private static ScorerResult result(JsonNode score, String who) {
    if (score.hasNonNull("error")) {
      String reason = who + " refuses: " + cut(score.get("error").asText());
      return score.path("retry").asBoolean(false)
          ? ScorerResult.refusedForNow(reason)
          : ScorerResult.refused(reason);
    }
    JsonNode value = score.path("value");
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      return ScorerResult.refused(
          "the value from "
              + who
              + " is no finite number: "
              + (value.isMissingNode() ? "missing" : Quote.of(value.toString())));
    }
    String explanation = cut(score.path("explanation").asText(""));
    return explanation.isEmpty()
        ? ScorerResult.value(value.doubleValue())
        : ScorerResult.value(value.doubleValue(), explanation);
  }

  private static String cut(String text) {
    return text.length() > LONGEST_EXPLANATION
        ? text.substring(0, LONGEST_EXPLANATION) + "…"
        : text;
  }
}
