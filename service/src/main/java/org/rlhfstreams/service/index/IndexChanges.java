package org.rlhfstreams.service.index;

import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Changes to an index that are made together, or not at all. */
public final class IndexChanges {
  private final WriteBatch batch;

  IndexChanges(WriteBatch batch) {
    this.batch = batch;
  }

  /** Gives a key a value, replacing any earlier one. */
  public void put(IndexKey key, byte... value) {
    try {
      batch.put(key.bytes(), value);
    } catch (RocksDBException e) {
      throw new IllegalStateException("a batch in memory takes a value", e);
    }
  }

  /** Takes the value of a key away, if it has one. */
  public void remove(IndexKey key) {
    try {
      batch.delete(key.bytes());
    } catch (RocksDBException e) {
      throw new IllegalStateException("a batch in memory takes a removal", e);
    }
  }
}
