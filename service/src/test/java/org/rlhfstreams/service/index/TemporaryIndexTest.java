package org.rlhfstreams.service.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;

final class TemporaryIndexTest {
  @TempDir private Path place;

  private TemporaryIndex open() {
    return TemporaryIndex.open(place, "some.directory");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static List<String> all(TemporaryIndex index, IndexKey begin) {
    List<String> values = new ArrayList<>();
    index.forEach(begin, value -> values.add(text(value)));
    return values;
  }

  @Test
  void aKeyHasItsNewestValueUntilThatIsRemoved() {
    try (TemporaryIndex index = open()) {
      IndexKey key = IndexKey.of("a", "b");
      assertThat(index.find(key)).isEmpty();
      index.put(key, bytes("first"));
      index.put(key, bytes("second"));
      assertThat(index.find(key)).contains(bytes("second"));
      index.put(key);
      assertThat(index.find(key)).contains(new byte[0]);
      index.remove(key);
      assertThat(index.has(key)).isFalse();
    }
  }

  @Test
  void partsAreNotTakenForOneAnother() {
    try (TemporaryIndex index = open()) {
      index.put(IndexKey.of("a", "bc"), bytes("a bc"));
      index.put(IndexKey.of("ab", "c"), bytes("ab c"));
      index.put(IndexKey.of("a\0b", "c"), bytes("a0b c"));
      assertThat(all(index, IndexKey.of("a"))).containsExactly("a bc");
      assertThat(index.has(IndexKey.of("abc"))).isFalse();
    }
  }

  @Test
  void numbersAreInOrderFromBothEnds() {
    try (TemporaryIndex index = open()) {
      IndexKey begin = IndexKey.of("of", "ann");
      for (long number : new long[] {300, 2, 70_000, 0, Long.MAX_VALUE}) {
        index.put(begin.with(number), bytes("" + number));
      }
      index.put(IndexKey.of("of", "anna").with(1), bytes("another's"));
      index.put(IndexKey.of("of", "amy").with(1), bytes("another's"));
      List<String> ordered = List.of("0", "2", "300", "70000", "" + Long.MAX_VALUE);
      assertThat(all(index, begin)).isEqualTo(ordered);
      List<String> backwards = new ArrayList<>();
      index.forEachFromLast(
          begin,
          value -> {
            backwards.add(0, text(value));
            return backwards.size() < 3;
          });
      assertThat(backwards).isEqualTo(ordered.subList(2, 5));
    }
  }

  @Test
  void changesAreMadeTogetherOrNotAtAll() {
    try (TemporaryIndex index = open()) {
      index.put(IndexKey.of("b"), bytes("before"));
      index.change(
          changes -> {
            changes.put(IndexKey.of("a"), bytes("new"));
            changes.remove(IndexKey.of("b"));
          });
      assertThat(index.has(IndexKey.of("a"))).isTrue();
      assertThat(index.has(IndexKey.of("b"))).isFalse();
      assertThatThrownBy(
              () ->
                  index.change(
                      changes -> {
                        changes.put(IndexKey.of("c"), bytes("half"));
                        throw new IllegalArgumentException("on the way");
                      }))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(index.has(IndexKey.of("c"))).isFalse();
    }
  }

  @Test
  void aClosedOneRefusesAndLeavesNothing() {
    TemporaryIndex index = open();
    index.put(IndexKey.of("a"), bytes("b"));
    index.close();
    index.close();
    assertThatThrownBy(() -> index.find(IndexKey.of("a")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(place).isEmptyDirectory();
  }

  @Test
  void twoAtOnePlaceKnowNothingOfEachOther() {
    try (TemporaryIndex first = open();
        TemporaryIndex second = open()) {
      first.put(IndexKey.of("a"), bytes("b"));
      assertThat(second.has(IndexKey.of("a"))).isFalse();
      assertThat(first.has(IndexKey.of("a"))).isTrue();
    }
  }

  @Test
  void whatAKilledProcessHasLeftIsRemoved() throws IOException {
    Path left = Files.createDirectories(place.resolve("index-of-a-killed-process"));
    Files.createFile(left.resolve("in-use"));
    Path content = Files.createDirectories(left.resolve("content"));
    Files.write(content.resolve("000042.sst"), new byte[1000]);
    try (TemporaryIndex index = open()) {
      assertThat(left).doesNotExist();
      try (Stream<Path> paths = Files.list(place)) {
        assertThat(paths).hasSize(1);
      }
      assertThat(index.has(IndexKey.of("a"))).isFalse();
    }
  }

  @Test
  void aPlaceThatTakesNoFilesIsNamedWithItsSetting() throws IOException {
    Path file = Files.createFile(place.resolve("a-file"));
    assertThatThrownBy(() -> TemporaryIndex.open(file, "people.state-directory"))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("cannot write to")
        .hasMessageContaining("a-file")
        .hasMessageContaining("people.state-directory");
  }
}
