package org.rlhfstreams.topology.scores;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * When which rollout is looked at again, in the order of time. Those of one time are kept some tens
 * to a record: each has one for itself in stores of releases that wrote them so, which are read
 * too.
 */
final class DueRollouts {
  /** Rollouts of a record. */
  private static final int TOGETHER = 64;

  /** Rollouts of one call, about, so that what is read does not wait for long. */
  private static final int MOST_AT_ONCE = 10_000;

  private static final char ALONE = '/';
  private static final char LIST = '#';

  private final KeyValueStore<String, String> store;
  private String lookedAt = "";
  private long openTime = -1;
  private String openKey = "";
  private String openList = "";
  private int open;

  /**
   * @param store where it is kept
   */
  DueRollouts(KeyValueStore<String, String> store) {
    this.store = store;
  }

  /**
   * Adds a rollout.
   *
   * @param time when it is due, milliseconds; not one that {@link #take} has passed
   */
  void add(String id, long time) {
    if (time != openTime || open == TOGETHER) {
      openTime = time;
      openKey = prefix(time) + LIST + id;
      String before = store.get(openKey);
      openList = before == null ? "" : before;
      open = 0;
    }
    openList = openList + id.length() + ":" + id;
    open++;
    store.put(openKey, openList);
  }

  /** Takes out those that are due until then. */
  List<String> take(long time) {
    String end = prefix(time + 1);
    List<String> keys = new ArrayList<>();
    List<String> due = new ArrayList<>();
    String last = end;
    try (KeyValueIterator<String, String> all = store.range(lookedAt, end)) {
      while (all.hasNext()) {
        if (due.size() >= MOST_AT_ONCE) {
          last = keys.get(keys.size() - 1);
          break;
        }
        KeyValue<String, String> one = all.next();
        keys.add(one.key);
        if (one.key.charAt(prefix(0).length()) == ALONE) {
          due.add(one.value);
        } else {
          read(one.value, due);
        }
      }
    }
    // Not over again: a store steps over each record that was deleted.
    lookedAt = last;
    keys.forEach(store::delete);
    if (openTime <= time) {
      openTime = -1;
    }
    return due;
  }

  private static void read(String list, List<String> to) {
    int at = 0;
    while (at < list.length()) {
      int colon = list.indexOf(':', at);
      if (colon < 0) {
        throw new SerializationException("a list of rollouts that are due is cut off");
      }
      int until = colon + 1 + Integer.parseInt(list, at, colon, 10);
      to.add(list.substring(colon + 1, until));
      at = until;
    }
  }

  private static String prefix(long time) {
    return HexFormat.of().toHexDigits(time);
  }
}
