package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/**
 * Puts versions together from their records and refuses those that are damaged or not trusted. It
 * holds the memory of one version, and while one arrives of that: of a delta as much as its chunks
 * take. What it has assembled is changed when the next commit comes; a reader that wants it longer
 * holds a {@link WeightLease}.
 */
final class WeightAssembler {
  private final String topic;
  private final Optional<TrustedKeys> trusted;
  private final HeaderCheck check;
  private final WeightListener listener;
  private final ChunkSource chunks;
  private final BooleanSupplier stopped;
  private WeightImage current;
  private WeightImage spare; // of an anchor that arrives, or of a version that is still read
  private WeightVersion newest;
  private Arrival arrival;
  private String only;
  private String refused;

  /** Reads a part of the log again. */
  @FunctionalInterface
  interface ChunkSource {
    /** Hands over the records between two offsets, both included, as far as they are kept. */
    void read(long first, long last, RecordTaker records);
  }

  /** Takes records with their offsets. */
  @FunctionalInterface
  interface RecordTaker {
    /** Takes one; what it answers is for others. */
    Optional<WeightSnapshot> take(WeightRecord record, long offset);
  }

  /** A version whose header has been believed. */
  private static final class Arrival {
    private final WeightVersion version;
    private final WeightHeader header;
    private final Optional<DeltaPatch> patch;
    private long bytes;
    private int nextChunk;

    Arrival(WeightVersion version, WeightHeader header, Optional<DeltaPatch> patch) {
      this.version = version;
      this.header = header;
      this.patch = patch;
    }

    boolean is(WeightVersion other, String attempt) {
      return version.equals(other) && header.getAttempt().equals(attempt);
    }

    boolean isWhole() {
      return nextChunk == header.getChunks() && (patch.isPresent() || bytes == header.getBytes());
    }
  }

  /**
   * @param topic that the versions come from, which their signatures name
   * @param trusted keys; without any, versions need no signature
   * @param check of headers, before anything is allocated
   * @param chunks asked for the chunks of a version between which those of another sending came
   * @param stopped ends the wait for those who read what was assembled before
   */
  WeightAssembler(
      String topic,
      Optional<TrustedKeys> trusted,
      HeaderCheck check,
      WeightListener listener,
      ChunkSource chunks,
      BooleanSupplier stopped) {
    this.topic = topic;
    this.trusted = trusted;
    this.check = check;
    this.listener = listener;
    this.chunks = chunks;
    this.stopped = stopped;
  }

  /**
   * Takes the next record.
   *
   * @param offset of the record
   * @return the version that it completes
   */
  Optional<WeightSnapshot> accept(WeightRecord record, long offset) {
    Object body = record.getBody();
    if (body instanceof WeightHeader header) {
      begin(record.getVersion(), header);
    } else if (body instanceof WeightChunk chunk) {
      // others are of a version refused, or begun before our first offset
      if (arrival != null && arrival.is(record.getVersion(), chunk.getAttempt())) {
        append(chunk);
      }
    } else {
      return commit(record.getVersion(), (WeightCommit) body, offset);
    }
    return Optional.empty();
  }

  private void begin(WeightVersion version, WeightHeader header) {
    boolean another = only != null && !only.equals(header.getAttempt());
    boolean again = arrival != null && arrival.is(version, header.getAttempt());
    boolean here = version.equals(newest) && header.getKind() == WeightKind.ANCHOR;
    if (another || here || (again && only == null)) {
      return; // sent for those who lack it; or it would only undo what has arrived
    }
    Optional<String> problem =
        check
            .problem(version, header)
            .or(() -> HeaderRules.problem(version, header))
            .or(() -> trusted.flatMap(keys -> keys.refusal(topic, version, header)))
            .or(() -> order(version, header));
    if (problem.isPresent()) {
      refuse(version, header.getAttempt(), problem.get()); // and what arrives goes on arriving
      return;
    }
    drop();
    if (spare != null && spare.freeUnlessRead()) {
      spare = null;
    }
    if (header.getKind() == WeightKind.DELTA) {
      arrival = new Arrival(version, header, Optional.of(new DeltaPatch(current)));
      return;
    }
    if (spare == null || !spare.fits(header.getTensors())) {
      spare = null; // before the next one takes as much
      spare = new WeightImage(header.getTensors());
    }
    if (spare.beginWriting(stopped)) {
      spare.holds(null);
      arrival = new Arrival(version, header, Optional.empty());
    }
  }

  private Optional<String> order(WeightVersion version, WeightHeader header) {
    if (newest != null && !WeightVersions.isNewer(version, newest)) {
      return Optional.of("it came after %s".formatted(WeightVersions.text(newest)));
    }
    if (header.getKind() == WeightKind.ANCHOR) {
      return Optional.empty();
    }
    if (current == null || !header.getBase().equals(newest)) {
      return Optional.of(
          "it changes version %s, and %s is here; the next whole version mends that"
              .formatted(
                  WeightVersions.text(header.getBase()),
                  current == null ? "none" : WeightVersions.text(newest)));
    }
    return current.fits(header.getTensors())
        ? Optional.empty()
        : Optional.of("its tensors are others than those of its base");
  }

  private void append(WeightChunk chunk) {
    ByteBuffer data = chunk.getData().duplicate();
    CRC32 crc = new CRC32();
    crc.update(data.duplicate());
    if (chunk.getIndex() < arrival.nextChunk) {
      refuseArrival("chunk " + chunk.getIndex() + " came twice");
    } else if (chunk.getIndex() != arrival.nextChunk) {
      refuseArrival("chunk " + arrival.nextChunk + " is missing");
    } else if (crc.getValue() != chunk.getCrc32()) {
      refuseArrival("chunk " + chunk.getIndex() + " does not match its CRC-32");
    } else if (!put(data)) {
      refuseArrival("chunk " + chunk.getIndex() + " does not fit what its header says");
    } else {
      arrival.nextChunk++;
    }
  }

  private boolean put(ByteBuffer data) {
    if (arrival.patch.isPresent()) {
      return arrival.patch.get().add(data);
    }
    int length = data.remaining();
    if (length % spare.type().bytes() != 0 || arrival.bytes + length > spare.bytes()) {
      return false;
    }
    spare.put(arrival.bytes, data);
    arrival.bytes += length;
    return true;
  }

  private Optional<WeightSnapshot> commit(WeightVersion version, WeightCommit commit, long offset) {
    if (only != null) {
      return Optional.empty();
    }
    if (arrival == null || !arrival.is(version, commit.getAttempt())) {
      if (!mayReadAgain(version, commit)) {
        return Optional.empty(); // refused, or begun before our first offset
      }
      readAgain(commit, offset);
      if (arrival == null || !arrival.is(version, commit.getAttempt())) {
        refuse(version, commit.getAttempt(), "its header is not where its commit says");
        return Optional.empty();
      }
    }
    Optional<String> problem = closing(commit);
    if (problem.isPresent()) {
      refuseArrival(problem.get());
      return Optional.empty();
    }
    return take(commit);
  }

  private boolean mayReadAgain(WeightVersion version, WeightCommit commit) {
    return commit.getFirstOffset() != null
        && commit.getLastOffset() != null
        && (newest == null || WeightVersions.isNewer(version, newest))
        && (commit.getBase() == null || commit.getBase().equals(newest))
        && !commit.getAttempt().equals(refused);
  }

  /**
   * Where the records of two learners are mixed, of whom one did not know yet that it is no longer
   * the owner. The header is read first: nothing further is, unless that is believed.
   */
  private void readAgain(WeightCommit commit, long offset) {
    long first = commit.getFirstOffset();
    long last = commit.getLastOffset();
    if (first < 0 || last < first || last >= offset) {
      return;
    }
    drop();
    only = commit.getAttempt();
    try {
      chunks.read(first, first, this::accept);
      if (arrival != null && last > first) {
        chunks.read(first + 1, last, this::accept);
      }
    } catch (RuntimeException e) {
      drop(); // half of it would be taken for what arrived when the commit comes again
      throw e;
    } finally {
      only = null;
    }
  }

  private Optional<String> closing(WeightCommit commit) {
    if (!arrival.isWhole()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "it has %d of %d chunks",
              arrival.nextChunk,
              arrival.header.getChunks()));
    }
    return trusted.flatMap(keys -> keys.refusal(topic, arrival.version, arrival.header, commit));
  }

  private Optional<WeightSnapshot> take(WeightCommit commit) {
    if (arrival.patch.isEmpty()) {
      if (!spare.sha256().equals(commit.getSha256())) {
        refuseArrival("it does not match its SHA-256");
        return Optional.empty();
      }
      WeightImage before = current;
      current = spare;
      spare = before == null || before.freeUnlessRead() ? null : before; // who reads it goes on
      current.holds(arrival.version);
      current.endWriting();
      return taken();
    }
    if (!current.beginWriting(stopped)) {
      drop();
      return Optional.empty();
    }
    DeltaPatch patch = arrival.patch.get();
    patch.apply(current);
    boolean right = current.sha256().equals(commit.getSha256());
    if (right) {
      current.holds(arrival.version);
    } else {
      patch.undo(current);
    }
    current.endWriting();
    if (!right) {
      refuseArrival("what it leads to does not match its SHA-256");
      return Optional.empty();
    }
    patch.close();
    return taken();
  }

  private Optional<WeightSnapshot> taken() {
    newest = arrival.version;
    arrival = null;
    return Optional.of(new WeightSnapshot(newest, current));
  }

  private void refuseArrival(String reason) {
    Arrival damaged = arrival;
    drop();
    refuse(damaged.version, damaged.header.getAttempt(), reason);
  }

  private void refuse(WeightVersion version, String attempt, String reason) {
    refused = attempt;
    listener.refused(
        version, "version %s is refused: %s".formatted(WeightVersions.text(version), reason));
  }

  private void drop() {
    if (arrival == null) {
      return;
    }
    arrival.patch.ifPresentOrElse(
        DeltaPatch::close,
        () -> {
          spare.free();
          spare = null;
        });
    arrival = null;
  }
}
