package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/** Puts versions together from their records and refuses those that are damaged or not trusted. */
final class WeightAssembler {
  private final String topic;
  private final Optional<TrustedKeys> trusted;
  private final HeaderCheck check;
  private final WeightListener listener;
  private WeightVersion version;
  private WeightHeader header;
  private IncomingTensors tensors;
  private WeightDigest digest;
  private int nextChunk;

  /**
   * @param topic that the versions come from, which their signatures name
   * @param trusted keys; without any, versions need no signature
   * @param check of headers, before anything is allocated
   */
  WeightAssembler(
      String topic, Optional<TrustedKeys> trusted, HeaderCheck check, WeightListener listener) {
    this.topic = topic;
    this.trusted = trusted;
    this.check = check;
    this.listener = listener;
  }

  /** Takes the next record; answers the version that it completes. */
  Optional<WeightSnapshot> accept(WeightRecord record) {
    Object body = record.getBody();
    if (body instanceof WeightHeader newHeader) {
      begin(record.getVersion(), newHeader);
      return Optional.empty();
    }
    if (header == null || !record.getVersion().equals(version)) {
      return Optional.empty(); // the rest of a version refused, or begun before our first offset
    }
    if (body instanceof WeightChunk chunk) {
      append(chunk);
      return Optional.empty();
    }
    return commit((WeightCommit) body);
  }

  private void begin(WeightVersion newVersion, WeightHeader newHeader) {
    version = newVersion;
    header = newHeader;
    nextChunk = 0;
    digest = new WeightDigest();
    tensors = null; // of a version whose commit never came
    Optional<String> problem =
        check.problem(newVersion, newHeader).or(() -> HeaderRules.problem(newHeader));
    if (problem.isPresent()) {
      refuse(problem.get());
      return;
    }
    tensors = new IncomingTensors(newHeader.getTensors());
  }

  private void append(WeightChunk chunk) {
    ByteBuffer data = chunk.getData().duplicate();
    CRC32 crc = new CRC32();
    crc.update(data.duplicate());
    if (chunk.getIndex() != nextChunk) {
      refuse("chunk " + nextChunk + " is missing");
    } else if (crc.getValue() != chunk.getCrc32()) {
      refuse("chunk " + chunk.getIndex() + " does not match its CRC-32");
    } else {
      nextChunk++;
      digest.add(data);
      if (!tensors.put(data)) {
        refuse("chunk " + chunk.getIndex() + " does not fit what its header says");
      }
    }
  }

  private Optional<WeightSnapshot> commit(WeightCommit commit) {
    if (nextChunk != header.getChunks() || !tensors.isFull()) {
      refuse("it has " + nextChunk + " of " + header.getChunks() + " chunks");
      return Optional.empty();
    }
    if (!digest.hexadecimal().equals(commit.getSha256())) {
      refuse("it does not match its SHA-256");
      return Optional.empty();
    }
    Optional<String> distrust =
        trusted.flatMap(keys -> keys.refusal(topic, version, header, commit));
    if (distrust.isPresent()) {
      refuse(distrust.get());
      return Optional.empty();
    }
    WeightSnapshot snapshot = new WeightSnapshot(version, header.getProtocol(), tensors.tensors());
    forget();
    return Optional.of(snapshot);
  }

  private void refuse(String reason) {
    listener.refused(version, "version " + WeightVersions.text(version) + " is refused: " + reason);
    forget();
  }

  private void forget() {
    header = null;
    tensors = null;
  }
}
