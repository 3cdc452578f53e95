package org.rlhfstreams.worker;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.WeightVersion;

/** Requests as admission releases them. */
final class Requests {
  private Requests() {}

  /**
   * A request.
   *
   * @param tokens of each response, at most
   * @param minimumStep of the weights that may start it
   */
  static RolloutRequest request(
      String id, List<Integer> prompt, int samples, int tokens, long minimumStep) {
    return RolloutRequest.newBuilder()
        .setRequestId(id)
        .setPromptId(id)
        .setPromptText("")
        .setPromptTokenIds(prompt)
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1)
                .setTopK(0)
                .setTopP(1)
                .setMaxNewTokens(tokens)
                .setSeed(3)
                .build())
        .setSamples(samples)
        .setMinimumVersion(new WeightVersion(0, minimumStep))
        .setSequence(0)
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  /** The request as it was read. */
  static RequestTask task(int partition, RolloutRequest request) {
    return new RequestTask(
        new ConsumerRecord<>("requests", partition, 0, request.getRequestId(), new byte[0]),
        request);
  }
}
