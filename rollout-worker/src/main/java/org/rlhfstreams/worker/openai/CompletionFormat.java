package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

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
  public void logProbabilities(ObjectNode choice, List<AnswerToken> tokens, float[] values) {
    ObjectNode json = choice.putObject("logprobs");
    ArrayNode texts = json.putArray("tokens");
    ArrayNode logProbabilities = json.putArray("token_logprobs");
    json.putNull("top_logprobs"); // only the drawn tokens' are known
    ArrayNode offsets = json.putArray("text_offset");
    for (int i = 0; i < tokens.size(); i++) {
      texts.add(tokens.get(i).shown());
      logProbabilities.add(values[i]);
      offsets.add(tokens.get(i).offset());
    }
  }
}
