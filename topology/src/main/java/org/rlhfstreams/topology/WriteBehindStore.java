package org.rlhfstreams.topology;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * A store that keeps values as objects and writes them, changelog included, with the commit that
 * they belong to: what is put and deleted between two commits is never written. Kafka's own cache
 * keeps bytes, so that each look at a value reads it and each change writes it, and deletes what it
 * has never written.
 *
 * <p>Values must not change. Nothing is lost that a transaction has: a task flushes the caches of
 * its stores before it commits, and a crash ends the transaction.
 */
public final class WriteBehindStore<V>
    extends WrappedStateStore<KeyValueStore<String, V>, String, V>
    implements KeyValueStore<String, V> {
  /** What an entry takes besides its key and value, about. */
  private static final int ENTRY_BYTES = 100;

  private final ToIntFunction<V> bytesOf;
  private final long mostBytes;
  private final Map<String, Entry<V>> entries = new LinkedHashMap<>();

  /** Keys of entries that have changed or have no value: the next write ends both. */
  private final List<String> touched = new ArrayList<>();

  private long bytes;

  /** A value, null if there is none, and whether the store below knows it. */
  private static final class Entry<V> {
    private V value;
    private boolean changed;
    private boolean touched;

    /** Whether nothing is known to be in the store below. */
    private boolean absentBelow;
  }

  private WriteBehindStore(
      KeyValueStore<String, V> below, ToIntFunction<V> bytesOf, long mostBytes) {
    super(below);
    this.bytesOf = bytesOf;
    this.mostBytes = mostBytes;
  }

  /**
   * Builds such stores.
   *
   * @param below builds the store that is written to, without a cache
   * @param bytesOf a value, about
   * @param mostBytes that are kept
   */
  public static <V> StoreBuilder<KeyValueStore<String, V>> builder(
      StoreBuilder<KeyValueStore<String, V>> below, ToIntFunction<V> bytesOf, long mostBytes) {
    return new Builder<>(below, bytesOf, mostBytes);
  }

  private record Builder<V>(
      StoreBuilder<KeyValueStore<String, V>> below, ToIntFunction<V> bytesOf, long mostBytes)
      implements StoreBuilder<KeyValueStore<String, V>> {
    @Override
    public StoreBuilder<KeyValueStore<String, V>> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<KeyValueStore<String, V>> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<KeyValueStore<String, V>> withLoggingEnabled(Map<String, String> config) {
      return new Builder<>(below.withLoggingEnabled(config), bytesOf, mostBytes);
    }

    @Override
    public StoreBuilder<KeyValueStore<String, V>> withLoggingDisabled() {
      return new Builder<>(below.withLoggingDisabled(), bytesOf, mostBytes);
    }

    @Override
    public KeyValueStore<String, V> build() {
      return new WriteBehindStore<>(below.build(), bytesOf, mostBytes);
    }

    @Override
    public Map<String, String> logConfig() {
      return below.logConfig();
    }

    @Override
    public boolean loggingEnabled() {
      return below.loggingEnabled();
    }

    @Override
    public String name() {
      return below.name();
    }
  }

  @Override
  public V get(String key) {
    Entry<V> entry = entries.get(key);
    if (entry == null) {
      entry = new Entry<>();
      entry.value = wrapped().get(key);
      entry.absentBelow = entry.value == null;
      entries.put(key, entry);
      bytes += size(key, entry.value);
      if (entry.value == null) {
        touch(key, entry);
      }
      trim();
    }
    return entry.value;
  }

  @Override
  public void put(String key, V value) {
    Entry<V> entry = entries.get(key);
    if (entry == null) {
      entry = new Entry<>();
      entries.put(key, entry);
      bytes += size(key, null);
    }
    bytes += size(key, value) - size(key, entry.value);
    entry.value = value;
    entry.changed = true;
    touch(key, entry);
    trim();
  }

  @Override
  public V putIfAbsent(String key, V value) {
    V before = get(key);
    if (before == null) {
      put(key, value);
    }
    return before;
  }

  @Override
  public void putAll(List<KeyValue<String, V>> all) {
    all.forEach(one -> put(one.key, one.value));
  }

  @Override
  public V delete(String key) {
    V before = get(key);
    put(key, null);
    return before;
  }

  @Override
  public KeyValueIterator<String, V> range(String from, String to) {
    write();
    return wrapped().range(from, to);
  }

  @Override
  public KeyValueIterator<String, V> all() {
    write();
    return wrapped().all();
  }

  @Override
  public long approximateNumEntries() {
    return wrapped().approximateNumEntries();
  }

  @Override
  public void flushCache() {
    write();
    super.flushCache();
  }

  @Override
  public void clearCache() {
    forget();
    super.clearCache();
  }

  @Override
  public void close() {
    forget();
    super.close();
  }

  private int size(String key, V value) {
    return ENTRY_BYTES + key.length() + (value == null ? 0 : bytesOf.applyAsInt(value));
  }

  /** The oldest are forgotten; those that have changed are written first, all together. */
  private void trim() {
    if (bytes <= mostBytes) {
      return;
    }
    write();
    Iterator<Map.Entry<String, Entry<V>>> oldest = entries.entrySet().iterator();
    while (bytes > mostBytes / 2 && oldest.hasNext()) {
      Map.Entry<String, Entry<V>> one = oldest.next();
      bytes -= size(one.getKey(), one.getValue().value);
      oldest.remove();
    }
  }

  private void touch(String key, Entry<V> entry) {
    if (!entry.touched) {
      entry.touched = true;
      touched.add(key);
    }
  }

  /** Writes what has changed, and keeps what is there. */
  private void write() {
    for (String key : touched) {
      Entry<V> entry = entries.get(key);
      if (entry.changed) {
        write(key, entry);
      }
      entry.touched = false;
      if (entry.value == null) {
        entries.remove(key);
        bytes -= size(key, null);
      }
    }
    touched.clear();
  }

  private void write(String key, Entry<V> entry) {
    if (entry.value != null) {
      wrapped().put(key, entry.value);
      entry.absentBelow = false;
    } else if (!entry.absentBelow && wrapped().get(key) != null) {
      wrapped().delete(key);
    }
    entry.changed = false;
  }

  private void forget() {
    entries.clear();
    touched.clear();
    bytes = 0;
  }
}
