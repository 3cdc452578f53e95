package org.rlhfstreams.service.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.rlhfstreams.common.ExplainedException;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An ordered map on disk, for as long as its process runs: about 20 MB of memory, none of it on the
 * heap, however many entries it has. What it holds follows from the log and is read anew at each
 * start, so that nothing here can contradict the log.
 *
 * <p>For any thread. After {@link #close} each use is refused.
 */
public final class TemporaryIndex implements AutoCloseable {
  private static final long BUFFER_BYTES = 4L << 20;
  private static final long CACHE_BYTES = 8L << 20;
  private static final int FILTER_BITS = 10;
  private static final int OPEN_FILES = 64;

  private final Path place;
  private final String setting;
  private final OwnedDirectory directory;
  private final Cache cache = new LRUCache(CACHE_BYTES);
  private final BloomFilter filter = new BloomFilter(FILTER_BITS);
  private final Options options;
  private final WriteOptions write = new WriteOptions().setDisableWAL(true);
  private final RocksDB entries;
  // Using a closed database crashes the JVM.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private TemporaryIndex(Path place, String setting, OwnedDirectory directory)
      throws RocksDBException {
    this.place = place;
    this.setting = setting;
    this.directory = directory;
    this.options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(BUFFER_BYTES)
            .setMaxOpenFiles(OPEN_FILES)
            .setInfoLogLevel(InfoLogLevel.ERROR_LEVEL)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setCacheIndexAndFilterBlocks(true)
                    .setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setPinTopLevelIndexAndFilter(true)
                    .setFilterPolicy(filter));
    try {
      this.entries = RocksDB.open(options, directory.content().toString());
    } catch (RocksDBException e) {
      closeSettings();
      throw e;
    }
  }

  /**
   * An empty one.
   *
   * @param place directory in which it makes one of its own
   * @param setting names the place in the configuration
   * @throws ExplainedException if the place takes no files
   */
  public static TemporaryIndex open(Path place, String setting) {
    OwnedDirectory directory;
    try {
      directory = OwnedDirectory.below(place);
    } catch (IOException | UncheckedIOException e) {
      throw problem(place, setting, e);
    }
    try {
      RocksDB.loadLibrary();
      return new TemporaryIndex(place, setting, directory);
    } catch (RocksDBException e) {
      directory.close();
      throw problem(place, setting, e);
    } catch (RuntimeException | LinkageError e) {
      directory.close();
      throw new ExplainedException(
          "RocksDB's library cannot be unpacked in %s (%s): free disk space there, or name a directory that may hold programs with -Djava.io.tmpdir"
              .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
          e);
    }
  }

  private static ExplainedException problem(Path place, String setting, Exception error) {
    return new ExplainedException(
        "cannot write to %s (%s): free disk space, or name another directory with %s"
            .formatted(place, error.getMessage(), setting),
        error);
  }

  /** What is done with the entries while they are open. */
  private interface Use<T> {
    T of(RocksDB entries) throws RocksDBException;
  }

  private <T> T use(Use<T> use) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the index in " + place + " is closed");
      }
      return use.of(entries);
    } catch (RocksDBException e) {
      throw problem(place, setting, e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The value of a key, if it has one. */
  public Optional<byte[]> find(IndexKey key) {
    return use(open -> Optional.ofNullable(open.get(key.bytes())));
  }

  /** Whether a key has a value. */
  public boolean has(IndexKey key) {
    return find(key).isPresent();
  }

  /** Gives a key a value, replacing any earlier one. */
  public void put(IndexKey key, byte... value) {
    change(changes -> changes.put(key, value));
  }

  /** Takes the value of a key away, if it has one. */
  public void remove(IndexKey key) {
    change(changes -> changes.remove(key));
  }

  /**
   * Makes several changes together, or none.
   *
   * @param changes says which; what it finds in the index is as it was before
   */
  public void change(Consumer<IndexChanges> changes) {
    use(
        open -> {
          try (WriteBatch batch = new WriteBatch()) {
            changes.accept(new IndexChanges(batch));
            open.write(write, batch);
            return open;
          }
        });
  }

  /**
   * Hands out the values of all keys that begin with some parts, in order. Others may be put and
   * removed meanwhile.
   *
   * @param wanted says whether to go on
   */
  public void forEach(IndexKey begin, Predicate<byte[]> wanted) {
    use(
        open -> {
          try (RocksIterator at = open.newIterator()) {
            at.seek(begin.bytes());
            while (isWithin(at, begin.bytes()) && wanted.test(at.value())) {
              at.next();
            }
            at.status();
          }
          return begin;
        });
  }

  /** The same from the last to the first. */
  public void forEachFromLast(IndexKey begin, Predicate<byte[]> wanted) {
    use(
        open -> {
          try (RocksIterator at = open.newIterator()) {
            at.seekForPrev(behind(begin.bytes()));
            while (isWithin(at, begin.bytes()) && wanted.test(at.value())) {
              at.prev();
            }
            at.status();
          }
          return begin;
        });
  }

  private static boolean isWithin(RocksIterator at, byte[] begin) {
    if (!at.isValid()) {
      return false;
    }
    byte[] key = at.key();
    return key.length >= begin.length
        && Arrays.equals(key, 0, begin.length, begin, 0, begin.length);
  }

  /** A key behind all that begin so; the parts of none begin with a length of −1. */
  private static byte[] behind(byte[] begin) {
    byte[] behind = Arrays.copyOf(begin, begin.length + Long.BYTES);
    Arrays.fill(behind, begin.length, behind.length, (byte) 0xff);
    return behind;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      entries.close();
      closeSettings();
    } finally {
      lock.writeLock().unlock();
    }
    directory.close();
  }

  private void closeSettings() {
    write.close();
    options.close();
    filter.close();
    cache.close();
  }
}
