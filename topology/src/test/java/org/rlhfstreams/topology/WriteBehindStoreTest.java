package org.rlhfstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that writes with the commit has what was put, and writes no more than what lasts. */
final class WriteBehindStoreTest {
  private final List<String> written = new ArrayList<>();
  private KeyValueStore<String, String> below;

  private KeyValueStore<String, String> store(long mostBytes) {
    // A value's serializer is called once a write, and by no look at it.
    Serde<String> text = Serdes.String();
    Serde<String> values =
        Serdes.serdeFrom(
            (topic, value) -> {
              written.add(String.valueOf(value));
              return text.serializer().serialize(topic, value);
            },
            text.deserializer());
    KeyValueStore<String, String> store =
        WriteBehindStore.builder(
                Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore("below"), Serdes.String(), values)
                    .withLoggingDisabled(),
                String::length,
                mostBytes)
            .build();
    MockProcessorContext<String, Object> context = new MockProcessorContext<>();
    store.init(context.getStateStoreContext(), store);
    below = ((WriteBehindStore<String>) store).wrapped();
    return store;
  }

  private static void flush(KeyValueStore<String, String> store) {
    ((CachedStateStore<?, ?>) store).flushCache();
  }

  @Test
  void whatComesAndGoesBetweenTwoCommitsIsNotWritten() {
    KeyValueStore<String, String> store = store(1_000_000);
    store.put("gone", "1");
    assertThat(store.get("gone")).isEqualTo("1");
    assertThat(store.delete("gone")).isEqualTo("1");
    store.put("here", "1");
    store.put("here", "2");
    assertThat(written).isEmpty();
    assertThat(below.get("here")).isNull();
    flush(store);
    assertThat(written).containsExactly("2");
    assertThat(below.get("here")).isEqualTo("2");
    flush(store);
    assertThat(written).hasSize(1);
    store.delete("here");
    assertThat(store.get("here")).isNull();
    assertThat(below.get("here")).isEqualTo("2");
    flush(store);
    assertThat(below.get("here")).isNull();
  }

  @Test
  void whatIsNotCommittedIsForgottenWithTheCache() {
    KeyValueStore<String, String> store = store(1_000_000);
    store.put("a", "1");
    flush(store);
    store.put("a", "2");
    ((CachedStateStore<?, ?>) store).clearCache();
    assertThat(store.get("a")).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(longs = {500, 2_000, 1_000_000})
  void itHasWhatAMapHas(long mostBytes) {
    Random random = new Random(mostBytes);
    KeyValueStore<String, String> store = store(mostBytes);
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String key = String.valueOf(random.nextInt(40));
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          store.put(key, String.valueOf(i));
          expected.put(key, String.valueOf(i));
        }
        case 3 -> assertThat(store.delete(key)).isEqualTo(expected.remove(key));
        case 4 ->
            assertThat(store.putIfAbsent(key, "new")).isEqualTo(expected.putIfAbsent(key, "new"));
        default -> assertThat(store.get(key)).isEqualTo(expected.get(key));
      }
      if (random.nextInt(50) == 0) {
        flush(store);
        assertThat(all(below)).isEqualTo(expected);
      }
    }
    assertThat(all(store)).isEqualTo(expected);
  }

  private static Map<String, String> all(KeyValueStore<String, String> store) {
    Map<String, String> all = new HashMap<>();
    try (KeyValueIterator<String, String> entries = store.all()) {
      entries.forEachRemaining(entry -> all.put(entry.key, entry.value));
    }
    return all;
  }
}
