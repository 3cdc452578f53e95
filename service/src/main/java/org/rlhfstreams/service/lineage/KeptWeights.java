package org.rlhfstreams.service.lineage;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventFields;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.schemas.WriterSchemas;
import org.rlhfstreams.service.log.BulkHandler;

/**
 * The versions of weights that are whole and kept: those from the last anchors on. One that has no
 * commit is not one that a reader uses.
 */
final class KeptWeights implements BulkHandler {
  private static final int GENERATION = 0;
  private static final int STEP = 1;
  private static final int COMMIT = 2;

  private final EventFields fields;
  private final TreeSet<WeightVersion> versions = new TreeSet<>(WeightVersions.ORDER);
  private Optional<WeightVersion> first = Optional.empty();
  private long place;

  KeptWeights(WriterSchemas schemas) {
    this.fields =
        new EventFields(
            WeightRecord.getClassSchema().getFullName(),
            schemas,
            List.of("version.generation", "version.step", "body.sha256"));
  }

  @Override
  public void take(ConsumerRecord<Void, ByteBuffer> record) {
    try {
      fields.read(record.value());
    } catch (UndecodableException e) {
      return; // readers pass over it too
    }
    if (fields.count(COMMIT) > 0) {
      WeightVersion version =
          new WeightVersion((int) fields.number(GENERATION, 0), fields.number(STEP, 0));
      versions.add(version);
      first = first.or(() -> Optional.of(version));
      place = LogPlace.code(LogSource.WEIGHTS, record.partition(), record.offset());
    }
  }

  /** Whether a version should be kept and is not there; older ones may have been removed. */
  boolean misses(WeightVersion version) {
    return first.isPresent()
        && !WeightVersions.isNewer(first.get(), version)
        && !versions.contains(version);
  }

  /** Enters them: those of a rollback have no step. */
  void known(AccountEntries entries) {
    for (WeightVersion version : versions) {
      entries.made(version.getGeneration(), version.getStep(), place);
    }
  }
}
