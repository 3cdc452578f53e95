package org.rlhfstreams.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.policy.DecoderEngine;

/** What a request becomes follows from itself, the seed and the weights alone. */
@Tag("slow")
final class SampledAloneTest {
  private static final int REQUESTS = 12;

  private final ModelDirectory model = ModelDirectory.open(Path.of("..", "models", "starter"));
  private final WeightSource weights =
      new WeightSource() {
        private final WeightVersion version = new WeightVersion(0, 0L);

        @Override
        public Optional<WeightVersion> newest() {
          return Optional.of(version);
        }

        @Override
        public Optional<WeightLease> lease() {
          return Optional.of(new DirectoryWeights(version, model));
        }
      };

  @Test
  void whicheverRequestsShareTheSlots() {
    List<RolloutRequest> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(Requests.request("request" + i, List.of(20 + i, 30, 40), 2, 3 + 5 * i, 0));
    }
    Map<String, EndedResponse.Sampled> together = sample(requests, 2 * REQUESTS, "none");
    Collections.reverse(requests);
    assertSame(sample(requests, 3, "none"), together);
    Map<String, EndedResponse.Sampled> others = sample(requests, 5, "request7");
    together.remove("request7/0");
    together.remove("request7/1");
    assertSame(others, together);
  }

  private static void assertSame(
      Map<String, EndedResponse.Sampled> some, Map<String, EndedResponse.Sampled> others) {
    assertThat(some.keySet()).isEqualTo(others.keySet());
    some.forEach(
        (id, response) -> {
          assertThat(response.tokenIds()).as(id).isEqualTo(others.get(id).tokenIds());
          assertThat(response.logProbabilities())
              .as(id)
              .isEqualTo(others.get(id).logProbabilities());
        });
  }

  /**
   * Responses by their ids.
   *
   * @param dropped request that goes to another member when a token of it has been drawn
   */
  private Map<String, EndedResponse.Sampled> sample(
      List<RolloutRequest> requests, int slots, String dropped) {
    WorkerMeters meters =
        new WorkerMeters(new SimpleMeterRegistry(), new GroupShare("rollout-workers"), slots);
    Map<String, EndedResponse.Sampled> responses = new HashMap<>();
    try (DecoderEngine engine = new DecoderEngine(model, ComputeType.FLOAT32, slots, weights)) {
      SlotSampling sampling = new SlotSampling(engine, meters);
      sampling.start(requests.stream().map(request -> Requests.task(0, request)).toList());
      while (sampling.advance()) {
        sampling.drop(task -> task.request().getRequestId().equals(dropped));
        sampling.takeEnded().stream()
            .flatMap(task -> task.responses().stream())
            .forEach(response -> responses.put(response.asked().id(), response.sampled()));
      }
      assertThat(sampling.isIdle()).isTrue();
    }
    return responses;
  }
}
