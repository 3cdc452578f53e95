package org.rlhfstreams.worker.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.WeightSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest policy and a generator over it: a version that arrives takes over between two tokens
 * of the rows that run. One thread.
 */
public final class LivePolicy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LivePolicy.class);

  private final Decoder decoder;
  private final LiveWeights weights;
  private final Generator generator;
  private final Supplier<Optional<WeightSnapshot>> newest;
  private final Map<Long, WeightVersion> versions = new HashMap<>();
  private WeightVersion version;
  private WeightVersion refused;

  /**
   * @param type that it computes in
   * @param slots responses sampled side by side
   * @param newest the newest version of the policy, if there is one yet
   */
  public LivePolicy(
      ModelDirectory model,
      ComputeType type,
      int slots,
      Supplier<Optional<WeightSnapshot>> newest) {
    this.decoder = new Decoder(model.configuration(), type);
    this.weights = new LiveWeights(decoder, Weights.read(model, type));
    this.newest = newest;
    this.generator =
        new Generator(
            decoder,
            weights.active(),
            -1,
            new GeneratorSettings(slots, model.configuration().maxPositions(), model.stopTokens()));
  }

  /** Samples with the version in use; closed here. */
  public Generator generator() {
    return generator;
  }

  /** The version in use, once there is one. */
  public Optional<WeightVersion> version() {
    return Optional.ofNullable(version);
  }

  /**
   * Takes up the newest version.
   *
   * @return whether there was another one
   */
  public boolean refresh() {
    Optional<WeightSnapshot> found = newest.get();
    if (found.isEmpty()) {
      return false;
    }
    WeightVersion offered = found.get().version();
    boolean known = version != null && !WeightVersions.isNewer(offered, version);
    if (known || offered.equals(refused)) {
      return false;
    }
    try {
      PackedWeights taken = weights.take(found.get().values());
      version = offered;
      long label = label(offered);
      versions.put(label, offered);
      generator.swap(taken, label);
      return true;
    } catch (ModelException e) {
      refused = offered;
      LOG.error("policy version {} is refused: {}", WeightVersions.text(offered), e.getMessage());
      return false;
    }
  }

  private static long label(WeightVersion version) {
    return ((long) version.getGeneration() << 40) | version.getStep();
  }

  /** The version that a segment's label stands for. */
  public WeightVersion version(Generation.Segment segment) {
    return versions.get(segment.version());
  }

  @Override
  public void close() {
    generator.close();
    weights.close();
    decoder.close();
  }
}
