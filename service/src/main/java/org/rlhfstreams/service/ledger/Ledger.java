package org.rlhfstreams.service.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.service.lifecycle.Workers;

/**
 * Facts about identities, entered in any order and handed out identity by identity. An entry has 32
 * bytes: the identity's hash, what is known, and where it was read. Entries are dealt out over
 * buckets by hash, and go to one temporary file when a bucket is full; then a bucket at a time is
 * read and grouped. So memory holds about {@value #HELD_MEGABYTES} MB of entries and a bucket,
 * however many entries there are, and no fact is forgotten.
 *
 * <p>Each thread enters through a {@link Writer} of its own.
 */
public final class Ledger implements AutoCloseable {
  /** Bytes of an entry, in memory and on disk. */
  public static final int ENTRY_BYTES = 32;

  private static final int HELD_MEGABYTES = 32;
  private static final int LONGS = ENTRY_BYTES / Long.BYTES;
  private static final int MOST_BUCKETS = 1024;
  private static final long BUCKET_ENTRIES = (16L << 20) / ENTRY_BYTES;
  private static final int WRITER_ENTRIES = (2 << 20) / ENTRY_BYTES;
  private static final int FEWEST_HELD = 64;

  private final Path directory;
  private final Bucket[] buckets;
  private final int bucketEntries;
  private Optional<Path> file = Optional.empty();
  private FileChannel channel;
  private long fileBytes;

  /** What is in the file of a bucket, and what has come since. */
  private static final class Bucket {
    private final List<long[]> chunks = new ArrayList<>(); // offset and bytes in the file
    private long[] held = new long[FEWEST_HELD * LONGS];
    private int longs;
    private long entries;
  }

  /**
   * @param directory of the temporary file
   * @param expected entries, about; more are taken, but then a bucket takes more memory
   */
  public Ledger(Path directory, long expected) {
    this(directory, expected, HELD_MEGABYTES << 20);
  }

  /**
   * @param held bytes of entries in memory until they go to the file
   */
  Ledger(Path directory, long expected, int held) {
    this.directory = directory;
    int count = 1;
    while (count < MOST_BUCKETS && count * BUCKET_ENTRIES < expected) {
      count *= 2;
    }
    this.bucketEntries = Math.max(FEWEST_HELD, held / ENTRY_BYTES / count);
    this.buckets = new Bucket[count];
    Arrays.setAll(buckets, i -> new Bucket());
  }

  /** A way to enter facts, for one thread. */
  public Writer writer() {
    return new Writer();
  }

  /** Enters facts; {@link #flush} makes them known. */
  public final class Writer {
    private final int room = Math.max(FEWEST_HELD, WRITER_ENTRIES / buckets.length);
    private final long[][] pending = new long[buckets.length][];
    private final int[] longs = new int[buckets.length];

    private Writer() {}

    /**
     * Enters a fact.
     *
     * @param fact what is known, in the caller's own code
     * @param place where it was read, in the caller's own code
     */
    public void enter(Fingerprint identity, long fact, long place) {
      int bucket = bucketOf(identity.high());
      long[] entries = pending[bucket];
      if (entries == null) {
        entries = new long[room * LONGS];
        pending[bucket] = entries;
      }
      int at = longs[bucket];
      entries[at] = identity.high();
      entries[at + 1] = identity.low();
      entries[at + 2] = fact;
      entries[at + 3] = place;
      longs[bucket] = at + LONGS;
      if (longs[bucket] == entries.length) {
        pass(bucket);
      }
    }

    private void pass(int bucket) {
      append(buckets[bucket], pending[bucket], longs[bucket]);
      longs[bucket] = 0;
    }

    /** Hands over what has been entered. */
    public void flush() {
      for (int bucket = 0; bucket < pending.length; bucket++) {
        if (longs[bucket] > 0) {
          pass(bucket);
        }
      }
    }
  }

  private int bucketOf(long high) {
    return (int) (high >>> 40) & (buckets.length - 1);
  }

  private void append(Bucket bucket, long[] entries, int longs) {
    synchronized (bucket) {
      int needed = bucket.longs + longs;
      if (needed > bucket.held.length) {
        bucket.held = Arrays.copyOf(bucket.held, Math.max(needed, 2 * bucket.held.length));
      }
      System.arraycopy(entries, 0, bucket.held, bucket.longs, longs);
      bucket.longs = needed;
      bucket.entries += longs / LONGS;
      if (bucket.longs >= bucketEntries * LONGS) {
        bucket.chunks.add(write(bucket.held, bucket.longs));
        bucket.longs = 0;
      }
    }
  }

  private long[] write(long[] longs, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.asLongBuffer().put(longs, 0, count);
    synchronized (this) {
      long offset = fileBytes;
      try {
        if (channel == null) {
          Path made = Files.createTempFile(directory, "ledger", ".tmp");
          file = Optional.of(made);
          channel = FileChannel.open(made, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
        while (bytes.hasRemaining()) {
          fileBytes += channel.write(bytes, fileBytes);
        }
      } catch (IOException e) {
        throw new ExplainedException(
            String.format(
                Locale.ROOT,
                "%s takes no more than %,d MB: make room there, or name another directory with"
                    + " --temporary-directory (%s)",
                directory,
                offset >> 20,
                e.getMessage()),
            e);
      }
      return new long[] {offset, fileBytes - offset};
    }
  }

  /** Facts that have been handed over. */
  public long size() {
    long size = 0;
    for (Bucket bucket : buckets) {
      synchronized (bucket) {
        size += bucket.entries;
      }
    }
    return size;
  }

  /** Bytes in the temporary file. */
  public synchronized long fileBytes() {
    return fileBytes;
  }

  /**
   * Hands out all facts, identity by identity, in no order of identities. All writers have been
   * flushed before.
   *
   * @param threads that visit at the same time, each with a visitor of its own
   */
  public void visit(int threads, Supplier<? extends FactVisitor> visitors)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Workers.run(
        Math.min(threads, buckets.length),
        "ledger",
        stopped -> {
          FactVisitor visitor = visitors.get();
          IdentityFacts facts = new IdentityFacts();
          for (int i = next.getAndIncrement();
              i < buckets.length && !stopped.getAsBoolean();
              i = next.getAndIncrement()) {
            visit(all(buckets[i]), facts, visitor);
          }
        });
  }

  private long[] all(Bucket bucket) {
    synchronized (bucket) {
      long[] all = new long[Math.toIntExact(bucket.entries * LONGS)];
      int at = 0;
      for (long[] chunk : bucket.chunks) {
        ByteBuffer bytes = ByteBuffer.allocate((int) chunk[1]).order(ByteOrder.nativeOrder());
        read(bytes, chunk[0]);
        bytes.flip();
        bytes.asLongBuffer().get(all, at, (int) chunk[1] / Long.BYTES);
        at += (int) chunk[1] / Long.BYTES;
      }
      System.arraycopy(bucket.held, 0, all, at, bucket.longs);
      return all;
    }
  }

  private void read(ByteBuffer bytes, long offset) {
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException("it ends at " + (offset + bytes.position()));
        }
      }
    } catch (IOException e) {
      throw new ExplainedException(
          "the temporary file in %s cannot be read again: %s".formatted(directory, e.getMessage()),
          e);
    }
  }

  /** Entries of an identity are a chain; the table has the newest one of each. */
  private static void visit(long[] entries, IdentityFacts facts, FactVisitor visitor) {
    int count = entries.length / LONGS;
    if (count == 0) {
      return;
    }
    int[] table = new int[Math.max(2, Integer.highestOneBit(count) * 4)];
    int[] before = new int[count];
    int mask = table.length - 1;
    for (int entry = 0; entry < count; entry++) {
      int place = (int) entries[entry * LONGS + 1] & mask;
      while (table[place] != 0 && !isSame(entries, table[place] - 1, entry)) {
        place = (place + 1) & mask;
      }
      before[entry] = table[place];
      table[place] = entry + 1;
    }
    for (int newest : table) {
      if (newest != 0) {
        facts.clear();
        for (int entry = newest; entry != 0; entry = before[entry - 1]) {
          facts.add(entries[(entry - 1) * LONGS + 2], entries[(entry - 1) * LONGS + 3]);
        }
        visitor.visit(facts);
      }
    }
  }

  private static boolean isSame(long[] entries, int one, int other) {
    return entries[one * LONGS] == entries[other * LONGS]
        && entries[one * LONGS + 1] == entries[other * LONGS + 1];
  }

  @Override
  public synchronized void close() {
    try {
      if (channel != null) {
        channel.close();
      }
      if (file.isPresent()) {
        Files.deleteIfExists(file.get());
      }
    } catch (IOException e) {
      throw new ExplainedException(
          "the temporary file in %s cannot be removed: %s".formatted(directory, e.getMessage()), e);
    }
  }
}
