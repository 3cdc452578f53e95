package org.rlhfstreams.worker.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a vLLM server's answers mean. One that contradicts itself or what was asked for is a
 * problem: a wrong id or log-probability would be learned from without a sign.
 */
final class VllmAnswers {
  static final String GENERATE = "/inference/v1/generate";

  private static final int SHOWN = 300;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String address;

  /**
   * @param address of the server, for messages
   */
  VllmAnswers(String address) {
    this.address = address;
  }

  /**
   * What was drawn.
   *
   * @param asked what for
   * @throws EngineProblem if it was not, or if it is none that can have been drawn
   */
  EngineDraw draw(DrawRequest asked, HttpResponse<String> answer) throws EngineProblem {
    if (answer.statusCode() == 404 || answer.statusCode() == 405) {
      throw new EngineProblem(
          EngineProblem.Kind.UNSUITED,
          address
              + " has no "
              + GENERATE
              + ": start it with --tokens-only (or --enable-scale-out), and vLLM 0.32 or newer");
    }
    if (answer.statusCode() != 200) {
      throw problem(answer, GENERATE);
    }
    JsonNode choices = field(json(answer.body(), GENERATE), "choices");
    if (choices.size() != 1) {
      throw nonsense("it has " + choices.size() + " responses to a request for one");
    }
    JsonNode choice = choices.get(0);
    String reason = choice.path("finish_reason").asText();
    if (!reason.equals("stop") && !reason.equals("length")) {
      throw new EngineProblem(
          EngineProblem.Kind.BROKEN,
          address + " has ended a response by itself: \"" + quoted(reason) + "\"");
    }
    int[] tokens = tokens(field(choice, "token_ids"), asked.sampling().maxNewTokens());
    boolean stopped = reason.equals("stop");
    boolean stops = asked.stopTokens().contains(tokens[tokens.length - 1]);
    if (!stopped && !stops && tokens.length < asked.sampling().maxNewTokens()) {
      throw new EngineProblem(
          EngineProblem.Kind.REFUSED,
          String.format(
              Locale.ROOT,
              "%s has ended a response after %d of %d tokens: start it with a --max-model-len of %d or more",
              address,
              tokens.length,
              asked.sampling().maxNewTokens(),
              asked.prompt().length + asked.sampling().maxNewTokens()));
    }
    if (stopped != stops) {
      throw nonsense(
          String.format(
              Locale.ROOT,
              "it says \"%s\" of %d tokens out of %d that end with %d",
              reason,
              tokens.length,
              asked.sampling().maxNewTokens(),
              tokens[tokens.length - 1]));
    }
    return new EngineDraw(
        tokens,
        logProbabilities(field(field(choice, "logprobs"), "content"), tokens),
        labels(choice, tokens.length),
        stopped);
  }

  private int[] tokens(JsonNode ids, int most) throws EngineProblem {
    if (ids.isEmpty() || ids.size() > most) {
      throw nonsense("it has " + ids.size() + " tokens of " + most + " at most");
    }
    int[] tokens = new int[ids.size()];
    for (int i = 0; i < tokens.length; i++) {
      if (!ids.get(i).canConvertToInt()
          || !ids.get(i).isIntegralNumber()
          || ids.get(i).intValue() < 0) {
        throw nonsense("token " + i + " is " + quoted(ids.get(i).toString()));
      }
      tokens[i] = ids.get(i).intValue();
    }
    return tokens;
  }

  private float[] logProbabilities(JsonNode content, int[] tokens) throws EngineProblem {
    if (content.size() != tokens.length) {
      throw nonsense(
          "it has " + content.size() + " log-probabilities for " + tokens.length + " tokens");
    }
    float[] values = new float[tokens.length];
    for (int i = 0; i < values.length; i++) {
      JsonNode entry = content.get(i);
      double value = entry.path("logprob").asDouble(Double.NaN);
      boolean own = !entry.has("token_id") || entry.get("token_id").intValue() == tokens[i];
      if (!(value <= 1e-3 && value > -9999) || !own) { // -9999 stands for minus infinity
        throw nonsense("the log-probability of token " + i + " is " + quoted(entry.toString()));
      }
      values[i] = (float) Math.min(0, value);
    }
    return values;
  }

  private List<EngineDraw.Labelled> labels(JsonNode choice, int length) throws EngineProblem {
    JsonNode ranges = choice.path("weight_versions");
    if (!ranges.isArray()) {
      throw new EngineProblem(
          EngineProblem.Kind.UNSUITED,
          address
              + " does not say which weights drew which token (weight_versions): take vLLM 0.32 or newer");
    }
    List<EngineDraw.Labelled> labels = new ArrayList<>();
    int next = 0;
    for (JsonNode range : ranges) {
      int from = range.path("start").asInt(-1);
      int until = range.path("end").asInt(-1);
      if (from != next || until <= from) {
        throw nonsense("its weight_versions leave gaps: " + quoted(ranges.toString()));
      }
      labels.add(new EngineDraw.Labelled(range.path("version").asText(), from, until));
      next = until;
    }
    if (next != length) {
      throw nonsense("its weight_versions end at " + next + " of " + length + " tokens");
    }
    return labels;
  }

  /**
   * The JSON of a body.
   *
   * @throws EngineProblem if it is none
   */
  JsonNode json(String body, String route) throws EngineProblem {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw nonsense("it answers " + route + " with \"" + quoted(body) + "\", which is no JSON");
    }
  }

  /**
   * A field that has to be there.
   *
   * @throws EngineProblem if it is not
   */
  JsonNode field(JsonNode node, String name) throws EngineProblem {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw nonsense("its answer has no " + name + ": " + quoted(node.toString()));
    }
    return value;
  }

  private EngineProblem nonsense(String what) {
    return new EngineProblem(
        EngineProblem.Kind.BROKEN, address + " answers what cannot be: " + what);
  }

  /** What an answer means whose status is not 200. */
  EngineProblem problem(HttpResponse<String> answer, String route) {
    int status = answer.statusCode();
    String said =
        String.format(
            Locale.ROOT,
            "%s answers %d to %s: %s",
            address,
            status,
            route,
            quoted(answer.body().strip()));
    return switch (status) {
      case 429, 503 -> new EngineProblem(EngineProblem.Kind.BUSY, said, retryAfter(answer));
      case 400, 413, 422 -> new EngineProblem(EngineProblem.Kind.REFUSED, said);
      case 401, 403 ->
          new EngineProblem(
              EngineProblem.Kind.UNSUITED,
              said + "; set rollout-worker.engine-key or rollout-worker.engine-key-file");
      default -> new EngineProblem(EngineProblem.Kind.BROKEN, said);
    };
  }

  private static Duration retryAfter(HttpResponse<String> answer) {
    String seconds = answer.headers().firstValue("Retry-After").orElse("0").strip();
    return seconds.matches("\\d{1,4}")
        ? Duration.ofSeconds(Long.parseLong(seconds))
        : Duration.ZERO;
  }

  private static String quoted(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }
}
