package org.rlhfstreams.model.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A response that is being sampled. */
final class RunningRow {
  private final GenerationRequest request;
  private final int limit;
  private final int[] tokens;
  private final float[] logProbabilities;
  private final List<Generation.Segment> segments = new ArrayList<>();
  private int count;
  private boolean stopped;
  private long segmentVersion;
  private int segmentStart;

  RunningRow(GenerationRequest request, int capacity) {
    this.request = request;
    int room = capacity - request.promptTokenIds().length;
    this.limit = Math.min(room, request.sampling().maxNewTokens());
    this.tokens = new int[limit];
    this.logProbabilities = new float[limit];
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

  /** Where the newest token stands in the sequence. */
  int position() {
    return request.promptTokenIds().length + count - 1;
  }

  int newestToken() {
    return tokens[count - 1];
  }

  void add(int token, float logProbability, long version, boolean endOfSequence) {
    if (count > 0 && version != segmentVersion) {
      closeSegment();
    }
    segmentVersion = version;
    tokens[count] = token;
    logProbabilities[count] = logProbability;
    count++;
    stopped = endOfSequence;
  }

  boolean finished() {
    return stopped || count == limit;
  }

  Generation finish() {
    closeSegment();
    return new Generation(
        request,
        Arrays.copyOf(tokens, count),
        Arrays.copyOf(logProbabilities, count),
        List.copyOf(segments),
        stopped);
  }

  private void closeSegment() {
    segments.add(new Generation.Segment(segmentVersion, segmentStart, count - segmentStart));
    segmentStart = count;
  }
}
