package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;

/** A delta leads to the version that the learner has, bit for bit, or is refused and named. */
final class WeightDeltaTest {
  private static final Topic TOPIC = new Topics("", 1).policyWeights();
  private static final int[] SIZES = {7, 300_000, 1, 420_001};

  private final List<String> refused = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(11);
  private final WeightsLog log = new WeightsLog();
  private final WeightPublisher publisher = publisher();
  private final WeightAssembler reader = reader();
  private final List<ByteBuffer> weights = new ArrayList<>();
  private int read;
  private boolean stopped;

  WeightDeltaTest() {
    for (int size : SIZES) {
      ByteBuffer tensor = ByteBuffer.allocate(2 * size).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < size; i++) {
        tensor.putShort((short) random.nextInt());
      }
      weights.add(tensor.flip());
    }
  }

  private static WeightPublisher publisher() {
    return new WeightPublisher(TOPIC, WireType.BF16, 1000, Optional.empty());
  }

  private WeightAssembler reader() {
    return new WeightAssembler(
        TOPIC.name(),
        Optional.empty(),
        (version, header) -> Optional.empty(),
        (version, reason) -> refused.add(reason),
        log,
        () -> stopped);
  }

  private static WeightVersion version(long step) {
    return new WeightVersion(0, step);
  }

  /** As the weights are now, whatever they become. */
  private List<PublishedTensor> tensors() {
    List<PublishedTensor> tensors = new ArrayList<>();
    for (ByteBuffer tensor : weights) {
      ByteBuffer now = ByteBuffer.allocate(tensor.capacity()).put(tensor.duplicate()).flip();
      long size = now.capacity() / 2;
      tensors.add(
          new PublishedTensor(
              "tensor" + size, List.of(size), taker -> taker.accept(now.duplicate())));
    }
    return tensors;
  }

  /** Changes about one element in {@code oneIn}. */
  private void learn(int oneIn) {
    for (ByteBuffer tensor : weights) {
      for (int at = 0; at < tensor.capacity(); at += 2) {
        if (random.nextInt(oneIn) == 0) {
          tensor.putShort(at, (short) random.nextInt());
        }
      }
    }
  }

  private void publish(long step) {
    log.publish(publisher, version(step), tensors());
  }

  private Optional<WeightSnapshot> readOn() {
    Optional<WeightSnapshot> newest = Optional.empty();
    for (WeightRecord record : log.from(read)) {
      newest = reader.accept(record, Long.MAX_VALUE).or(() -> Optional.empty());
    }
    read = log.size();
    return newest;
  }

  private void assertIsLearners(Optional<WeightSnapshot> version) {
    assertThat(WeightAssemblerTest.bytes(version.orElseThrow()))
        .isEqualTo(WeightAssemblerTest.bytes(tensors()));
  }

  private static WeightHeader header(WeightRecord record) {
    return (WeightHeader) record.getBody();
  }

  private static long outsideHeap() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void aReaderKeepsTheMemoryOfOneVersionHoweverManyArrive() {
    System.gc(); // what others have left must not make up for what this one keeps
    long before = outsideHeap();
    long bytes = 2L * Arrays.stream(SIZES).sum();
    WeightPublisher often = new WeightPublisher(TOPIC, WireType.BF16, 3, Optional.empty());
    for (long step = 0; step < 9; step++) {
      log.publish(often, version(step), tensors());
      assertIsLearners(readOn());
      assertThat(outsideHeap() - before).as("readers', publisher's").isLessThan(bytes * 5 / 2);
      learn(4);
    }
    log.publish(often, version(9), tensors());
    WeightRecord commit = log.from(log.size() - 1).get(0);
    assertThat(commit.getBody()).isInstanceOf(WeightCommit.class);
    for (WeightRecord record : log.from(read).subList(0, log.size() - 1 - read)) {
      reader.accept(record, Long.MAX_VALUE);
    }
    long arriving = outsideHeap();
    reader.accept(commit, Long.MAX_VALUE);
    assertThat(outsideHeap()).isLessThanOrEqualTo(arriving - bytes);
  }

  @Test
  void fiftyStepsLaterTheWorkerHasTheLearnersWeightsAndSoHasOneThatJoinedAtThirty() {
    WeightAssembler late = reader();
    int deltas = 0;
    for (long step = 0; step <= 50; step++) {
      int before = log.size();
      publish(step);
      deltas += header(log.records().get(before)).getKind() == WeightKind.DELTA ? 1 : 0;
      assertIsLearners(readOn());
      if (step == 30) {
        log.records().forEach(record -> late.accept(record, Long.MAX_VALUE));
      } else if (step > 30) {
        Optional<WeightSnapshot> joined = Optional.empty();
        for (WeightRecord record : log.from(before)) {
          joined = late.accept(record, Long.MAX_VALUE);
        }
        assertIsLearners(joined);
      }
      learn(60);
    }
    assertThat(deltas).isGreaterThanOrEqualTo(45);
    assertThat(refused).isEmpty();
  }

  @Test
  void aDeltaIsSmallAndAnAnchorComesWhereItWouldNotBe() {
    publish(0);
    int first = log.size();
    learn(50);
    publish(1);
    assertThat(bytes(log.from(first))).isLessThan(bytes(log.records().subList(0, first)) / 20);
    int second = log.size();
    learn(1);
    publish(2);
    assertThat(header(log.records().get(second)).getKind()).isEqualTo(WeightKind.ANCHOR);
    assertIsLearners(readOn());
  }

  private static long bytes(List<WeightRecord> records) {
    return records.stream()
        .filter(record -> record.getBody() instanceof WeightChunk)
        .mapToLong(record -> ((WeightChunk) record.getBody()).getData().remaining())
        .sum();
  }

  @Test
  void aStepThatChangedNothingIsAVersionAllTheSame() {
    publish(0);
    publish(1);
    Optional<WeightSnapshot> version = readOn();
    assertThat(version.orElseThrow().version()).isEqualTo(version(1));
    assertIsLearners(version);
  }

  @Test
  void anAnchorComesAfterSoManyVersionsAndInAnotherGeneration() {
    WeightPublisher third = new WeightPublisher(TOPIC, WireType.BF16, 3, Optional.empty());
    for (long step = 0; step < 7; step++) {
      log.publish(third, version(step), tensors());
      learn(100);
    }
    log.publish(third, new WeightVersion(1, 7L), tensors());
    assertThat(
            log.records().stream()
                .filter(record -> record.getBody() instanceof WeightHeader)
                .map(record -> header(record).getKind() == WeightKind.ANCHOR))
        .containsExactly(true, false, false, true, false, false, true, true);
  }

  /** Publishes a delta with something changed, and then one that is right. */
  private void assertRefused(
      Consumer<List<WeightRecord>> change, boolean next, String... sentences) {
    publish(0);
    assertIsLearners(readOn());
    List<PublishedTensor> good = tensors();
    learn(50);
    publish(1);
    List<WeightRecord> delta = new ArrayList<>(log.from(read));
    read = log.size();
    change.accept(delta);
    delta.forEach(record -> assertThat(reader.accept(record, Long.MAX_VALUE)).isEmpty());
    assertThat(refused).containsExactly(sentences);
    assertThat(WeightAssemblerTest.bytes(current())).isEqualTo(WeightAssemblerTest.bytes(good));
    learn(50);
    publish(2);
    assertThat(readOn().isPresent()).isEqualTo(next);
    log.publish(publisher(), version(3), tensors()); // of another owner: an anchor
    assertIsLearners(readOn());
  }

  /** What a sampler holds that took it before anything went wrong. */
  private WeightSnapshot current() {
    WeightSnapshot[] newest = new WeightSnapshot[1];
    WeightAssembler another = reader();
    for (WeightRecord record : log.records().subList(0, firstCommit() + 1)) {
      another.accept(record, Long.MAX_VALUE).ifPresent(version -> newest[0] = version);
    }
    return newest[0];
  }

  private int firstCommit() {
    for (int i = 0; i < log.size(); i++) {
      if (log.records().get(i).getBody() instanceof WeightCommit) {
        return i;
      }
    }
    throw new AssertionError();
  }

  private static final String UNKNOWN_BASE =
      "version 0.2 is refused: it changes version 0.1, and 0.0 is here; the next whole version mends that";

  private static void replaceChunk(List<WeightRecord> records, ByteBuffer data) {
    WeightChunk chunk = (WeightChunk) records.get(1).getBody();
    CRC32 crc = new CRC32();
    crc.update(data.duplicate());
    records.set(
        1,
        new WeightRecord(
            records.get(1).getVersion(),
            WeightChunk.newBuilder(chunk).setData(data).setCrc32(crc.getValue()).build()));
  }

  private static ByteBuffer chunk(long... positions) {
    DeltaChunk.Writer writer = new DeltaChunk.Writer(WireType.BF16);
    for (long position : positions) {
      writer.add(position, 1);
    }
    return writer.toWire();
  }

  @Test
  void oneBeyondTheTensorsIsRefused() {
    long elements = 7 + 300_000 + 1 + 420_001;
    assertRefused(
        records -> replaceChunk(records, chunk(0, elements)),
        false,
        "version 0.1 is refused: chunk 0 does not fit what its header says");
    assertThat(refused).contains(UNKNOWN_BASE);
  }

  @Test
  void oneThatLeadsToSomethingElseIsRefusedAndTakenBack() {
    assertRefused(
        records -> replaceChunk(records, chunk(0, 5, 300_006, 300_007, 420_000)),
        false,
        "version 0.1 is refused: what it leads to does not match its SHA-256");
  }

  @Test
  void aChunkThatComesTwiceIsRefused() {
    assertRefused(
        records -> records.add(1, records.get(1)),
        false,
        "version 0.1 is refused: chunk 0 came twice");
  }

  @Test
  void aCommitWithoutChunksIsRefused() {
    assertRefused(
        records -> records.remove(1), false, "version 0.1 is refused: it has 0 of 1 chunks");
  }

  @Test
  void anUnknownBaseIsRefused() {
    assertRefused(
        records ->
            records.set(
                0,
                new WeightRecord(
                    records.get(0).getVersion(),
                    WeightHeader.newBuilder(header(records.get(0)))
                        .setBase(new WeightVersion(-1, 0L))
                        .build())),
        false,
        "version 0.1 is refused: it changes version -1.0, and 0.0 is here; the next whole version mends that");
  }

  @Test
  void aVersionOutOfOrderIsRefused() {
    for (long step : new long[] {0, 1}) {
      publish(step);
      learn(50);
    }
    readOn();
    log.publish(publisher(), version(0), tensors());
    assertThat(readOn()).isEmpty();
    assertThat(refused).containsExactly("version 0.0 is refused: it came after 0.1");
    publish(2);
    assertIsLearners(readOn());
  }

  @Test
  void whatAKilledLearnerLeftBehindMeansNothing() {
    publish(0);
    learn(50);
    log.send(publisher, version(1), tensors()); // and killed before the commit
    log.publish(publisher(), version(1), tensors()); // the next owner repeats the step
    assertIsLearners(readOn());
    assertThat(refused).isEmpty();
  }

  /** A learner that does not know yet that another has taken over goes on sending. */
  @Test
  void chunksOfTwoSendersAreToldApart() {
    SentWeights stale = log.send(publisher, version(0), tensors());
    learn(2);
    log.publish(publisher(), version(0), tensors());
    int second = (int) stale.lastOffset() + 1;
    List<WeightRecord> zombie = log.records().subList(0, second);
    List<WeightRecord> owner = log.from(second);
    List<WeightRecord> mixed = new ArrayList<>();
    for (int i = 0; i < owner.size(); i++) {
      mixed.add(owner.get(i));
      if (i < zombie.size()) {
        mixed.add(zombie.get(i));
      }
    }
    List<WeightSnapshot> taken = new ArrayList<>();
    mixed.forEach(record -> reader.accept(record, Long.MAX_VALUE).ifPresent(taken::add));
    assertThat(taken).hasSize(1);
    assertIsLearners(Optional.of(taken.get(0)));
    assertThat(refused).isEmpty();
  }

  /** Whoever may write can write a commit, too. */
  @Test
  void aCommitThatPointsToNoHeaderIsRefused() {
    publish(0);
    readOn();
    long[][] places = {{-5, 1}, {0, 1L << 62}, {0, 1}, {2, 1}};
    for (long[] place : places) {
      WeightCommit commit =
          WeightCommit.newBuilder()
              .setSha256("00")
              .setCommittedAt(Instant.EPOCH)
              .setAttempt("of a stranger " + place[0] + " " + place[1])
              .setFirstOffset(place[0])
              .setLastOffset(place[1])
              .build();
      assertThat(reader.accept(new WeightRecord(version(7), commit), 100)).isEmpty();
    }
    assertThat(refused)
        .hasSize(4)
        .containsOnly("version 0.7 is refused: its header is not where its commit says");
    learn(50);
    publish(1);
    assertIsLearners(readOn());
  }

  /** The broker goes away in the midst of it, and the reader reads the commit again. */
  @Test
  void anErrorWhileChunksAreReadAgainIsNotTheEnd() {
    log.send(publisher, version(0), tensors());
    learn(2);
    log.publish(publisher(), version(0), tensors());
    List<WeightRecord> records = log.records();
    AtomicInteger failures = new AtomicInteger(1);
    WeightAssembler unlucky =
        new WeightAssembler(
            TOPIC.name(),
            Optional.empty(),
            (version, header) -> Optional.empty(),
            (version, reason) -> refused.add(reason),
            (first, last, sink) -> {
              log.read(first, last == first ? last : first + 1, sink);
              if (last > first && failures.getAndDecrement() > 0) {
                throw new KafkaException("away");
              }
              log.read(first + 2, last, sink);
            },
            () -> false);
    WeightRecord commit = records.get(records.size() - 1);
    assertThatThrownBy(() -> unlucky.accept(commit, records.size() - 1))
        .isInstanceOf(KafkaException.class);
    assertIsLearners(unlucky.accept(commit, records.size() - 1));
    assertThat(refused).isEmpty();
  }

  @Test
  void aHeaderThatIsRefusedDoesNotDisturbWhatArrives() {
    publish(0);
    WeightHeader huge =
        WeightHeader.newBuilder(header(log.records().get(0))).setBytes(1L << 62).build();
    List<WeightRecord> records = new ArrayList<>(log.records());
    records.add(2, new WeightRecord(version(9), huge));
    Optional<WeightSnapshot> newest = Optional.empty();
    for (WeightRecord record : records) {
      newest = reader.accept(record, Long.MAX_VALUE);
    }
    assertIsLearners(newest);
    assertThat(refused)
        .containsExactly(
            "version 0.9 is refused: its tensors have 1440018 bytes, its header says 4611686018427387904");
  }

  @Test
  void whatSomebodyHoldsIsNotOverwritten() {
    publish(0);
    WeightSnapshot first = readOn().orElseThrow();
    List<PublishedTensor> before = tensors();
    learn(50);
    publish(1);
    try (WeightLease lease = first.lease().orElseThrow()) {
      stopped = true;
      assertThat(readOn()).isEmpty(); // it has waited until it was stopped
      assertThat(lease.version()).isEqualTo(version(0));
    }
    assertThat(WeightAssemblerTest.bytes(first)).isEqualTo(WeightAssemblerTest.bytes(before));
    stopped = false;
    log.publish(publisher(), version(2), tensors());
    log.publish(publisher(), version(3), tensors());
    readOn();
    assertThat(first.lease()).as("its memory is another version's").isEmpty();
  }

  @Test
  void noBytesAreTakenForAChunkThatAreNone() {
    ByteBuffer good = chunk(0, 3, 500, 70_000, 20_000_000);
    byte[] plain = DeltaChunk.plain(good).orElseThrow();
    assertThat(DeltaChunk.isOne(plain, WireType.BF16, 20_000_001)).isTrue();
    assertThat(DeltaChunk.isOne(plain, WireType.BF16, 20_000_000)).isFalse();
    for (int round = 0; round < 20_000; round++) {
      byte[] wire = new byte[good.remaining()];
      good.duplicate().get(wire);
      for (int flips = 0; flips <= round % 4; flips++) {
        wire[random.nextInt(wire.length)] = (byte) random.nextInt();
      }
      DeltaChunk.plain(ByteBuffer.wrap(wire, 0, random.nextInt(wire.length + 1)))
          .ifPresent(
              bytes ->
                  DeltaChunk.visit(
                      bytes,
                      WireType.BF16,
                      1000,
                      (position, value) -> {
                        assertThat(position).isBetween(0L, 999L);
                        return value;
                      }));
    }
  }
}
