package org.rlhfstreams.model.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A response that is being sampled. */
final class RunningRow {
  private final GenerationRequest request;
  private final int limit;
  private final List<Generation.Segment> segments = new ArrayList<>();
  private int[] tokens;
  private float[] logProbabilities;
  private float[] modelLogProbabilities;
  private float[] wholeLogProbabilities;
  private int count;
  private FinishReason finishReason;
  private long segmentVersion;
  private int segmentStart;

  RunningRow(GenerationRequest request, int maxTokens) {
    this.request = request;
    this.limit = reservedTokens(request, maxTokens) - request.promptTokenIds().length;
    int first = Math.min(limit, 64);
    this.tokens = new int[first];
    this.logProbabilities = new float[first];
    this.modelLogProbabilities = new float[first];
    this.wholeLogProbabilities = new float[first];
  }

  /** Prompt and response of a request, when the response is as long as it may become. */
  static int reservedTokens(GenerationRequest request, int maxTokens) {
    int prompt = request.promptTokenIds().length;
    return prompt + Math.min(maxTokens - prompt, request.sampling().maxNewTokens());
  }

  GenerationRequest request() {
    return request;
  }

  Sampling sampling() {
    return request.sampling();
  }

  double uniform() {
    return CounterRandom.uniform(sampling().seed(), count);
  }

  /** The same of this row. */
  int reservedTokens() {
    return request.promptTokenIds().length + limit;
  }

  /** Whether the next token may be one that ends the response. */
  boolean mayStop() {
    return count >= sampling().minNewTokens();
  }

  /** Prompt and response so far. */
  int length() {
    return request.promptTokenIds().length + count;
  }

  int tokenAt(int index) {
    int prompt = request.promptTokenIds().length;
    return index < prompt ? request.promptTokenIds()[index] : tokens[index - prompt];
  }

  int newestToken() {
    return tokens[count - 1];
  }

  void add(
      int token,
      float logProbability,
      float modelLogProbability,
      float wholeLogProbability,
      long version,
      boolean endOfSequence) {
    if (count > 0 && version != segmentVersion) {
      closeSegment();
    }
    segmentVersion = version;
    if (count == tokens.length) {
      int larger = Math.min(limit, 2 * count);
      tokens = Arrays.copyOf(tokens, larger);
      logProbabilities = Arrays.copyOf(logProbabilities, larger);
      modelLogProbabilities = Arrays.copyOf(modelLogProbabilities, larger);
      wholeLogProbabilities = Arrays.copyOf(wholeLogProbabilities, larger);
    }
    tokens[count] = token;
    logProbabilities[count] = logProbability;
    modelLogProbabilities[count] = modelLogProbability;
    wholeLogProbabilities[count] = wholeLogProbability;
    count++;
    boolean ended = request.listener().drawn(token, logProbability, modelLogProbability);
    if (endOfSequence) {
      finishReason = FinishReason.STOP_TOKEN;
    } else if (ended) {
      finishReason = FinishReason.STOPPED_BY_LISTENER;
    } else if (count == limit) {
      finishReason = FinishReason.LENGTH;
    }
  }

  /** Of the weights that drew its first token. */
  long firstVersion() {
    return segments.isEmpty() ? segmentVersion : segments.get(0).version();
  }

  boolean finished() {
    return finishReason != null;
  }

  Generation finish() {
    closeSegment();
    return new Generation(
        request,
        Arrays.copyOf(tokens, count),
        Arrays.copyOf(logProbabilities, count),
        Arrays.copyOf(modelLogProbabilities, count),
        Arrays.copyOf(wholeLogProbabilities, count),
        List.copyOf(segments),
        finishReason);
  }

  private void closeSegment() {
    segments.add(new Generation.Segment(segmentVersion, segmentStart, count - segmentStart));
    segmentStart = count;
  }
}
