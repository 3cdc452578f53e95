package org.rlhfstreams.service.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.service.lifecycle.Workers;

final class LedgerTest {
  private static final int IDENTITIES = 20_000;

  @TempDir private Path directory;

  private static void enter(Ledger.Writer writer, Fingerprint hash, int id, long fact, long at) {
    hash.of(1, "id-" + id);
    writer.enter(hash, fact, at);
  }

  private static Map<String, Integer> counted(Ledger ledger) throws InterruptedException {
    Map<String, Integer> counted = new ConcurrentHashMap<>();
    ledger.visit(
        3,
        () ->
            facts -> {
              StringBuilder all = new StringBuilder();
              for (int i = 0; i < facts.size(); i++) {
                all.append(facts.fact(i)).append(' ');
              }
              counted.merge(all.toString(), 1, Integer::sum);
            });
    return counted;
  }

  @Test
  void factsAreGroupedByIdentityThoughTheyDoNotFitInMemory() throws Exception {
    try (Ledger ledger = new Ledger(directory, 4_000_000, 1 << 12)) {
      Workers.run(
          4,
          "writer",
          stopped -> {
            Ledger.Writer writer = ledger.writer();
            Fingerprint hash = new Fingerprint();
            int fact = Thread.currentThread().getName().charAt(7) - '0';
            for (int id = 0; id < IDENTITIES; id++) {
              if (fact != 3 || id != 17) {
                enter(writer, hash, id, fact, id);
              }
            }
            if (fact == 2) {
              enter(writer, hash, 4711, fact, 99);
            }
            writer.flush();
          });
      assertThat(ledger.size()).isEqualTo(4L * IDENTITIES);
      assertThat(ledger.fileBytes()).isGreaterThan(1_000_000);
      assertThat(counted(ledger))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("0 1 2 3 ", IDENTITIES - 2, "0 1 2 ", 1, "0 1 2 2 3 ", 1));
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).as("its file is removed").isEmpty();
    }
  }

  @Test
  void whatFitsInMemoryNeedsNoDirectory() throws Exception {
    try (Ledger ledger = new Ledger(directory.resolve("missing"), 10)) {
      Ledger.Writer writer = ledger.writer();
      enter(writer, new Fingerprint(), 1, 7, 0);
      writer.flush();
      assertThat(counted(ledger)).containsExactly(Map.entry("7 ", 1));
    }
  }

  @Test
  void aDirectoryWithoutRoomIsNamed() {
    try (Ledger ledger = new Ledger(directory.resolve("missing"), 10, 1)) {
      Ledger.Writer writer = ledger.writer();
      for (int id = 0; id < 100; id++) {
        enter(writer, new Fingerprint(), id, 7, 0);
      }
      assertThatThrownBy(writer::flush)
          .isInstanceOf(ExplainedException.class)
          .hasMessageContaining("missing takes no more than 0 MB");
    }
  }

  @Test
  void aPartHasTheHashOfItsName() {
    Fingerprint parts = new Fingerprint();
    Fingerprint whole = new Fingerprint();
    byte[] request = "xprompt-ä/3".getBytes(StandardCharsets.UTF_8);
    for (int number : new int[] {0, 7, 10, 99, 100, 123_456}) {
      parts.ofPart(1, request, 1, request.length - 1, number);
      whole.of(1, "prompt-ä/3/" + number);
      assertThat(parts.high()).isEqualTo(whole.high());
      assertThat(parts.low()).isEqualTo(whole.low());
    }
  }

  @Test
  void hashesDiffer() {
    Fingerprint hash = new Fingerprint();
    Set<Long> high = new HashSet<>();
    Set<Long> low = new HashSet<>();
    for (int kind = 0; kind < 2; kind++) {
      for (int i = 0; i < 100_000; i++) {
        hash.of(kind, "prompt-" + i);
        high.add(hash.high());
        low.add(hash.low());
      }
    }
    assertThat(high).hasSize(200_000);
    assertThat(low).hasSize(200_000);
  }
}
