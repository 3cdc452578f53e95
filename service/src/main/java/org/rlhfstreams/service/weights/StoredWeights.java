package org.rlhfstreams.service.weights;

import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * One version out of all that a topic holds; give it the topic's records in their order. It holds
 * the version until it is closed.
 */
public final class StoredWeights implements AutoCloseable {
  private final WeightAssembler assembler;
  private final Optional<WeightVersion> wanted;
  private final NavigableSet<WeightVersion> versions = new TreeSet<>(WeightVersions.ORDER);
  private final NavigableMap<WeightVersion, String> refusals = new TreeMap<>(WeightVersions.ORDER);
  private WeightSnapshot newest;
  private WeightLease found;

  /**
   * @param layout of the model that the versions are of
   * @param wanted version; empty for the newest
   * @throws org.rlhfstreams.service.configuration.ConfigurationException where trusted keys are
   *     configured and cannot be read
   */
  public StoredWeights(
      KafkaConnection connection, Topic topic, ModelLayout layout, Optional<WeightVersion> wanted) {
    this.wanted = wanted;
    this.assembler =
        new WeightAssembler(
            topic.name(),
            TrustedKeys.of(connection.configuration().weights()),
            (version, header) -> layout.difference(header),
            refusals::put,
            new ChunkReread(connection, topic, () -> false),
            () -> false);
  }

  /**
   * Takes the next record; those behind the wanted version are left out.
   *
   * @param offset of the record
   */
  public void accept(WeightRecord record, long offset) {
    if (found == null) {
      assembler.accept(record, offset).ifPresent(this::take);
    }
  }

  private void take(WeightSnapshot snapshot) {
    versions.add(snapshot.version());
    newest = snapshot;
    if (wanted.isPresent() && wanted.get().equals(snapshot.version())) {
      found = snapshot.lease().orElseThrow();
    }
  }

  /** The version, if it was there, whole and trusted; closed here. */
  public Optional<WeightLease> found() {
    if (found == null && wanted.isEmpty() && newest != null) {
      found = newest.lease().orElseThrow();
    }
    return Optional.ofNullable(found);
  }

  /** Versions that are whole and trusted, oldest first. */
  public List<WeightVersion> versions() {
    return List.copyOf(versions);
  }

  /** Why the wanted version, or without one the newest of those refused, was refused, if it was. */
  public Optional<String> refusal() {
    if (wanted.isPresent()) {
      return wanted.map(refusals::get);
    }
    return refusals.isEmpty() ? Optional.empty() : Optional.of(refusals.get(refusals.lastKey()));
  }

  @Override
  public void close() {
    if (found != null) {
      found.close();
    }
  }
}
