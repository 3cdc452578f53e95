package org.rlhfstreams.learner.loop;

import org.rlhfstreams.learner.data.SeenIds;
import org.rlhfstreams.service.index.IndexKey;
import org.rlhfstreams.service.index.TemporaryIndex;

/**
 * Ids on disk.
 *
 * @param index holds them; for the caller to close
 */
record IndexedIds(TemporaryIndex index) implements SeenIds {
  @Override
  public boolean add(String id) {
    IndexKey key = IndexKey.of(id);
    if (index.has(key)) {
      return false;
    }
    index.put(key);
    return true;
  }

  @Override
  public void remove(String id) {
    index.remove(IndexKey.of(id));
  }
}
