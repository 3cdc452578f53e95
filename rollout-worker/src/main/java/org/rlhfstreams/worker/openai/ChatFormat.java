package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Answers of {@code /v1/chat/completions}. */
final class ChatFormat implements AnswerFormat {
  private static final String CONTENT = "content";
  private static final String DELTA = "delta";

  @Override
  public String idPrefix() {
    return "chatcmpl-";
  }

  @Override
  public String object() {
    return "chat.completion";
  }

  @Override
  public String partObject() {
    return "chat.completion.chunk";
  }

  @Override
  public void whole(ObjectNode choice, String text) {
    choice.putObject("message").put("role", "assistant").put(CONTENT, text);
  }

  @Override
  public void part(ObjectNode choice, String piece, boolean first) {
    ObjectNode delta = choice.putObject(DELTA);
    if (first) {
      delta.put("role", "assistant");
    }
    delta.put(CONTENT, piece);
  }

  @Override
  public void end(ObjectNode choice) {
    choice.putObject(DELTA);
  }

  @Override
  public void logProbabilities(ObjectNode choice, List<AnswerToken> tokens, float[] values) {
    ArrayNode content = choice.putObject("logprobs").putArray(CONTENT);
    for (int i = 0; i < tokens.size(); i++) {
      AnswerToken token = tokens.get(i);
      ObjectNode json = content.addObject().put("token", token.name()).put("logprob", values[i]);
      ArrayNode bytes = json.putArray("bytes");
      for (byte value : token.bytes()) {
        bytes.add(value & 0xFF);
      }
      json.putArray("top_logprobs");
    }
  }
}
