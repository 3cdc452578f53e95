package org.rlhfstreams.worker.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.WeightPacking;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest policy and a generator over it: a version that arrives is laid out a little between
 * any two tokens of the rows that run, and takes over between two of them; where none runs, it is
 * laid out in the place of the one before. One thread.
 */
public final class LivePolicy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LivePolicy.class);
  // Beside a token that takes as long, it is over after as many tokens as the version has pieces.
  private static final long LAYING_OUT_NANOS = 20_000_000;
  private static final int KEPT_LABELS = 10_000; // no response sees so many versions

  private final Decoder decoder;
  private final LiveWeights weights;
  private final Generator generator;
  private final WeightSource source;
  private final long layingOutNanos;
  private final Map<Long, WeightVersion> versions = new LinkedHashMap<>();
  private Optional<Arrival> arrival = Optional.empty();
  private WeightVersion version;
  private WeightVersion refused;

  /** A version that is being laid out; it stays as it is meanwhile. */
  private record Arrival(WeightLease lease, WeightPacking packing) implements AutoCloseable {
    @Override
    public void close() {
      packing.close();
      lease.close();
    }
  }

  /**
   * @param type that it computes in
   * @param slots responses sampled side by side
   * @param source of the policy's versions
   */
  public LivePolicy(ModelDirectory model, ComputeType type, int slots, WeightSource source) {
    this(model, type, slots, source, LAYING_OUT_NANOS);
  }

  /**
   * @param layingOutNanos that a version may take between two tokens; a piece of it at least
   */
  LivePolicy(
      ModelDirectory model, ComputeType type, int slots, WeightSource source, long layingOutNanos) {
    this.layingOutNanos = layingOutNanos;
    this.decoder = new Decoder(model.configuration(), type);
    this.weights = new LiveWeights(decoder, model);
    this.source = source;
    this.version = source.ofDirectory().orElse(null);
    this.generator =
        new Generator(
            decoder,
            weights.active(),
            version == null ? -1 : remember(version),
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
   * Takes up the newest version: at once where nothing runs, else after some tokens.
   *
   * @return whether another one is in use now
   */
  public boolean refresh() {
    if (arrival.isPresent()) {
      return advance(arrival.get());
    }
    Optional<WeightLease> wanted = wanted();
    if (wanted.isEmpty()) {
      return false;
    }
    WeightLease lease = wanted.get();
    if (generator.idle()) {
      return replace(lease);
    }
    try {
      arrival = Optional.of(new Arrival(lease, weights.begin(lease)));
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
    return advance(arrival.get());
  }

  /** Where nothing runs, two versions need not be there at once. */
  private boolean replace(WeightLease lease) {
    try (lease) {
      use(lease.version(), weights.replace(lease));
      return true;
    } catch (ModelException e) {
      refuse(lease.version(), e);
      return false;
    }
  }

  /** Whether a version is being laid out: who asks for nothing more keeps others from arriving. */
  public boolean isArriving() {
    return arrival.isPresent();
  }

  private Optional<WeightLease> wanted() {
    Optional<WeightVersion> offered = source.newest();
    if (offered.isEmpty() || !isWanted(offered.get())) {
      return Optional.empty();
    }
    Optional<WeightLease> lease = source.lease();
    if (lease.isPresent() && !isWanted(lease.get().version())) {
      lease.get().close();
      return Optional.empty();
    }
    return lease;
  }

  private boolean isWanted(WeightVersion offered) {
    boolean wanted =
        source.goesBack()
            ? !offered.equals(version)
            : version == null || WeightVersions.isNewer(offered, version);
    return wanted && !offered.equals(refused);
  }

  private boolean advance(Arrival arriving) {
    try {
      long begun = System.nanoTime();
      boolean more;
      do {
        more = arriving.packing().advance();
      } while (more && (generator.idle() || System.nanoTime() - begun < layingOutNanos));
      if (more) {
        return false;
      }
      use(arriving.lease().version(), weights.take(arriving.packing()));
      drop();
      return true;
    } catch (ModelException e) {
      drop();
      refuse(arriving.lease().version(), e);
      return false;
    } catch (RuntimeException e) {
      drop(); // who holds a version keeps the next from arriving
      throw e;
    }
  }

  private void use(WeightVersion taken, PackedWeights laidOut) {
    version = taken;
    generator.swap(laidOut, remember(version));
  }

  /** The label of segments that a version draws. */
  private long remember(WeightVersion used) {
    long label = label(used);
    versions.put(label, used);
    if (versions.size() > KEPT_LABELS) {
      versions.remove(versions.keySet().iterator().next());
    }
    return label;
  }

  private void refuse(WeightVersion offered, ModelException reason) {
    refused = offered;
    LOG.error(
        "policy version {} is refused: {}", WeightVersions.text(refused), reason.getMessage());
  }

  private void drop() {
    arrival.ifPresent(Arrival::close);
    arrival = Optional.empty();
  }

  private static long label(WeightVersion version) {
    return ((long) version.getGeneration() << 40) | version.getStep();
  }

  /** The version that a segment's label stands for. */
  public WeightVersion version(Generation.Segment segment) {
    return versions.get(segment.version());
  }

  /** The oldest version that has drawn a token of a response that is being sampled. */
  public Optional<WeightVersion> oldestInUse() {
    return generator.oldestVersion().stream().mapToObj(versions::get).findFirst();
  }

  @Override
  public void close() {
    drop();
    generator.close();
    weights.close();
    decoder.close();
  }
}
