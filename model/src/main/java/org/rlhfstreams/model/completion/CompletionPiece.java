package org.rlhfstreams.model.completion;

/**
 * A part of a completion. The parts of one completion, put together, are the whole.
 *
 * @param promptTokenIds what the completion goes on from
 * @param text that will not change; empty only in a completion's last part
 * @param tokenIds drawn since the part before; the text may lag behind them
 * @param modelLogProbabilities one a token, natural logarithms under the model at temperature 1
 */
public record CompletionPiece(
    int[] promptTokenIds, String text, int[] tokenIds, float[] modelLogProbabilities) {}
