package org.rlhfstreams.model.completion;

import java.util.Arrays;
import java.util.Set;
import org.rlhfstreams.model.generation.FinishReason;
import org.rlhfstreams.model.generation.TokenListener;
import org.rlhfstreams.model.text.IncrementalDecoder;
import org.rlhfstreams.model.text.StopStrings;
import org.rlhfstreams.model.text.Tokenizer;

/** One completion's text while it is written: tokens in, certain text out, until a stop string. */
final class CompletionText implements TokenListener {
  private final CompletionRequest request;
  private final int[] promptTokenIds;
  private final Set<Integer> stopTokens;
  private final IncrementalDecoder decoder;
  private final StopStrings stopStrings;
  private final StringBuilder text = new StringBuilder();
  private int[] tokenIds = new int[16];
  private float[] modelLogProbabilities = new float[16];
  private int unheard;

  CompletionText(
      CompletionRequest request,
      int[] promptTokenIds,
      Tokenizer tokenizer,
      Set<Integer> stopTokens) {
    this.request = request;
    this.promptTokenIds = promptTokenIds;
    this.stopTokens = stopTokens;
    this.decoder = new IncrementalDecoder(tokenizer, true, promptTokenIds);
    this.stopStrings = new StopStrings(request.stop());
  }

  @Override
  public boolean drawn(int tokenId, float logProbability, float modelLogProbability) {
    if (unheard == tokenIds.length) {
      tokenIds = Arrays.copyOf(tokenIds, 2 * unheard);
      modelLogProbabilities = Arrays.copyOf(modelLogProbabilities, 2 * unheard);
    }
    tokenIds[unheard] = tokenId;
    modelLogProbabilities[unheard] = modelLogProbability;
    unheard++;
    if (!stopTokens.contains(tokenId)) { // which ends the text without being part of it
      String certain = stopStrings.next(decoder.next(tokenId));
      if (!certain.isEmpty()) {
        tell(certain);
      }
    }
    return stopStrings.stopped();
  }

  /** Tells the rest, and why it ended. */
  CompletionEnd finish(FinishReason reason) {
    String rest = stopStrings.next(decoder.finish()) + stopStrings.finish();
    if (!rest.isEmpty() || unheard > 0) {
      tell(rest);
    }
    if (stopStrings.stopped()) {
      return CompletionEnd.STOP_STRING;
    }
    return reason == FinishReason.LENGTH ? CompletionEnd.LENGTH : CompletionEnd.STOP_TOKEN;
  }

  private void tell(String certain) {
    text.append(certain);
    request
        .listener()
        .wrote(
            new CompletionPiece(
                promptTokenIds,
                certain,
                Arrays.copyOf(tokenIds, unheard),
                Arrays.copyOf(modelLogProbabilities, unheard)));
    unheard = 0;
  }

  CompletionRequest request() {
    return request;
  }

  /** All text so far. */
  String text() {
    return text.toString();
  }
}
