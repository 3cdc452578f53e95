package org.rlhfstreams.worker.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.DirectoryWeights;

/** Versions take over piece by piece, and whoever holds one lets it go: the next waits for that. */
final class LivePolicyTest {
  private final ModelDirectory model = ModelDirectory.open(Path.of("..", "models", "starter"));
  private final Source source = new Source();

  /** Counts who holds a version. */
  private final class Source implements WeightSource {
    private WeightVersion newest = new WeightVersion(0, 0L);
    private int held;
    private boolean broken;

    @Override
    public Optional<WeightVersion> newest() {
      return Optional.of(newest);
    }

    @Override
    public Optional<WeightLease> lease() {
      held++;
      return Optional.of(new Held(new DirectoryWeights(newest, model), this));
    }
  }

  private record Held(WeightLease weights, Source source) implements WeightLease {
    @Override
    public WeightVersion version() {
      return weights.version();
    }

    @Override
    public String origin() {
      return weights.origin();
    }

    @Override
    public String elementType(String tensor) {
      return weights.elementType(tensor);
    }

    @Override
    public ByteBuffer bytes(String tensor, long from, int length) {
      if (source.broken) {
        throw new IllegalStateException("broken");
      }
      return weights.bytes(tensor, from, length);
    }

    @Override
    public void close() {
      source.held--;
    }
  }

  private LivePolicy policy() {
    return new LivePolicy(model, ComputeType.FLOAT32, 2, source, 0);
  }

  private static GenerationRequest request(int tokens) {
    return new GenerationRequest("row", new int[] {20, 30}, new Sampling(1, 0, 1, tokens, 7));
  }

  @Test
  void aVersionTakesOverBetweenTokensAFewPiecesAtATime() {
    try (LivePolicy policy = policy()) {
      assertThat(policy.refresh()).as("at once, for nothing runs").isTrue();
      policy.generator().submit(request(40));
      policy.generator().step();
      source.newest = new WeightVersion(0, 1L);
      int tokens = 0;
      while (!policy.refresh()) {
        policy.generator().step();
        tokens++;
        assertThat(tokens).isLessThan(40);
      }
      assertThat(tokens).isPositive();
      assertThat(policy.version()).contains(source.newest);
      assertThat(source.held).isZero();
    }
  }

  @Test
  void oneThatIsBeingLaidOutIsToldOfWhereNothingRunsAnyMore() {
    try (LivePolicy policy = policy()) {
      policy.refresh();
      policy.generator().submit(request(2));
      policy.generator().step();
      source.newest = new WeightVersion(0, 1L);
      assertThat(policy.refresh()).isFalse();
      policy.generator().step();
      assertThat(policy.generator().idle()).isTrue();
      assertThat(policy.isArriving()).isTrue();
      assertThat(policy.refresh()).isTrue();
      assertThat(policy.isArriving()).isFalse();
      assertThat(source.held).isZero();
    }
  }

  @Test
  void whatFailsHoldsNothing() {
    try (LivePolicy policy = policy()) {
      source.broken = true;
      assertThatThrownBy(policy::refresh).hasMessageContaining("broken");
      assertThat(source.held).isZero();
      source.broken = false;
      assertThat(policy.refresh()).isTrue();
    }
    assertThat(source.held).isZero();
  }
}
