package org.rlhfstreams.worker.engine;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.model.generation.GenerationRequest;

/**
 * What has become of a response: sampled, or refused for good.
 *
 * @param sampled what was drawn; empty if it was refused
 * @param refusal why it cannot be sampled, now or later; empty if it was
 */
public record EndedResponse(
    GenerationRequest request, Optional<Sampled> sampled, Optional<String> refusal) {

  /**
   * What was drawn.
   *
   * @param tokenIds as they were drawn, the end-of-sequence token included if there was one; [time]
   * @param logProbabilities natural logarithms under the distribution that each token was drawn
   *     from, all settings applied (greedy: temperature 1); [time]
   * @param wholeLogProbabilities the same at the sampling temperature with no other setting
   *     applied: what training compares with; [time]
   * @param segments which versions drew which tokens, in order, without gaps
   * @param stopped whether it ended before its length ran out
   */
  public record Sampled(
      int[] tokenIds,
      float[] logProbabilities,
      float[] wholeLogProbabilities,
      List<VersionSegment> segments,
      boolean stopped) {
    public Sampled {
      segments = List.copyOf(segments);
    }
  }

  /** One that was sampled. */
  public static EndedResponse of(GenerationRequest request, Sampled sampled) {
    return new EndedResponse(request, Optional.of(sampled), Optional.empty());
  }

  /** One that cannot be. */
  public static EndedResponse refused(GenerationRequest request, String reason) {
    return new EndedResponse(request, Optional.empty(), Optional.of(reason));
  }
}
