package org.rlhfstreams.scorers.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.ScorerMessage;
import org.rlhfstreams.scorers.remote.RemoteFailureException;
import org.rlhfstreams.scorers.remote.RemoteService;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;
import org.rlhfstreams.scorers.rules.Quote;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/** Asks a chat endpoint until its answer can be read. */
final class ChatClient {
  static final List<ScorerSetting> SETTINGS =
      ScorerKind.settings(
          List.of(
              ScorerSetting.required(
                  "url", "the base of the endpoint, such as http://127.0.0.1:8000/v1"),
              ScorerSetting.required("model", "the judge's model, as the endpoint names it"),
              ScorerSetting.optional("system", "the system message"),
              ScorerSetting.of("temperature", "0", "of the judge, from 0 to 2"),
              ScorerSetting.of(
                  "max-tokens",
                  "512",
                  "the longest answer, in tokens; 0 leaves it to the endpoint"),
              ScorerSetting.optional(
                  "extra", "JSON with further fields of the request, such as {\"seed\": 1}"),
              ScorerSetting.of(
                  "answers", "3", "how often a judge is asked whose answer cannot be read")),
          RemoteService.SETTINGS);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String END_OF_THOUGHT = "</think>";
  private static final int QUOTED_ANSWER = 4_000;

  private final RemoteService service;
  private final String model;
  private final Optional<String> system;
  private final double temperature;
  private final int maxTokens;
  private final ObjectNode extra;
  private final int answers;

  ChatClient(SettingValues settings) {
    URI base = settings.url("url");
    if (base.getQuery() != null || base.getPath().endsWith("/chat/completions")) {
      throw settings.problem("url", "give the base, what is before /chat/completions");
    }
    String path = base.toString();
    this.service =
        RemoteService.of(
            URI.create(
                (path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
                    + "/chat/completions"),
            settings);
    this.model = settings.text("model");
    this.system = settings.optional("system");
    this.temperature = settings.number("temperature", 0, 2);
    this.maxTokens = settings.integer("max-tokens", 0, Integer.MAX_VALUE);
    this.extra = extra(settings);
    this.answers = settings.integer("answers", 1, 100);
  }

  private static ObjectNode extra(SettingValues settings) {
    if (settings.optional("extra").isEmpty()) {
      return JSON.createObjectNode();
    }
    try {
      if (JSON.readTree(settings.text("extra")) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      // said below
    }
    throw settings.wrong("extra", "a JSON object such as {\"seed\": 1}");
  }

  /**
   * Asks until the answer can be read; a judge that talks around it is reminded of the form.
   *
   * @throws RefusalException if no answer comes that can be read
   */
  <T> T ask(String question, VerdictReader<T> reader) throws InterruptedException {
    List<ScorerMessage> conversation = new ArrayList<>();
    system.ifPresent(text -> conversation.add(new ScorerMessage("system", text)));
    conversation.add(new ScorerMessage("user", question));
    int fixed = conversation.size();
    long deadline = service.deadline();
    String problem = "";
    for (int i = 0; i < answers; i++) {
      String body = body(conversation);
      String said;
      try {
        said =
            service.call(
                body, RemoteService.tokens(body) + maxTokens, deadline, ChatClient::content);
      } catch (RemoteFailureException e) {
        throw new RefusalException("judge: " + e.getMessage(), e.tryAgain());
      } catch (UnusableAnswerException e) {
        problem = e.getMessage();
        continue;
      }
      try {
        return reader.read(said.substring(Math.max(0, thoughtEnd(said))).strip());
      } catch (UnusableAnswerException e) {
        problem = e.getMessage();
        conversation.subList(fixed, conversation.size()).clear();
        conversation.add(
            new ScorerMessage(
                "assistant", said.substring(0, Math.min(said.length(), QUOTED_ANSWER))));
        conversation.add(
            new ScorerMessage("user", "I cannot read a verdict in this. " + reader.reminder()));
      }
    }
    throw new RefusalException(
        "judge: " + problem + (answers > 1 ? ", " + answers + " times" : ""), false);
  }

  /** Where a model's thoughts end that the endpoint has left in its answer. */
  private static int thoughtEnd(String said) {
    int at = said.lastIndexOf(END_OF_THOUGHT);
    return at < 0 ? 0 : at + END_OF_THOUGHT.length();
  }

  private String body(List<ScorerMessage> conversation) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", model);
    ArrayNode messages = body.putArray("messages");
    conversation.forEach(
        one -> messages.addObject().put("role", one.role()).put("content", one.content()));
    body.put("temperature", temperature);
    if (maxTokens > 0) {
      body.put("max_tokens", maxTokens);
    }
    body.setAll(extra);
    return body.toString();
  }

  private static String content(String answer) throws UnusableAnswerException {
    try {
      JsonNode choice = JSON.readTree(answer).path("choices").path(0);
      JsonNode content = choice.path("message").path("content");
      if (content.isTextual() && !content.asText().isBlank()) {
        return content.asText();
      }
      if (!choice.isMissingNode()) {
        throw new UnusableAnswerException(
            "the answer is empty, finish_reason " + choice.path("finish_reason").asText("none"));
      }
    } catch (JsonProcessingException e) {
      // said below
    }
    throw new UnusableAnswerException(
        "the endpoint's answer is no chat completion: " + Quote.of(answer));
  }
}
