package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.rlhfstreams.model.text.Tokenizer;

/** Answers of {@code /v1/completions}. */
final class CompletionFormat implements AnswerFormat {
  private static final String TEXT = "text";

  @Override
  public String idPrefix() {
    return "cmpl-";
  }

  @Override
  public String object() {
    return "text_completion";
  }

  @Override
  public String partObject() {
    return object();
  }

  @Override
  public void whole(ObjectNode choice, String text) {
    choice.put(TEXT, text);
  }

  @Override
  public void part(ObjectNode choice, String piece, boolean first) {
    choice.put(TEXT, piece);
  }

  @Override
  public void end(ObjectNode choice) {
    choice.put(TEXT, "");
  }

  @Override
  public int logProbabilities(
      ObjectNode choice, Tokenizer tokenizer, int[] tokenIds, float[] values, int offset) {
    ObjectNode json = choice.putObject("logprobs");
    ArrayNode tokens = json.putArray("tokens");
    ArrayNode logProbabilities = json.putArray("token_logprobs");
    json.putNull("top_logprobs"); // only the drawn tokens' are known
    ArrayNode offsets = json.putArray("text_offset");
    int at = offset;
    for (int i = 0; i < tokenIds.length; i++) {
      String token = tokenizer.decode(new int[] {tokenIds[i]}, false);
      tokens.add(token);
      logProbabilities.add(values[i]);
      offsets.add(at);
      at += token.length();
    }
    return at;
  }
}
