package org.rlhfstreams.schemas;

import java.util.Map;
import org.apache.avro.Schema;

/**
 * A topic as it should be.
 *
 * @param name full name, prefix included
 * @param key what a record's key is
 * @param schema of the values
 * @param partitions how many; one where order across all keys matters
 * @param settings the broker's per-topic settings: cleanup, retention, compression, largest record
 */
public record Topic(
    String name, String key, Schema schema, int partitions, Map<String, String> settings) {
  public Topic {
    settings = Map.copyOf(settings);
  }

  /** The registry's name for the values' schema. */
  public String subject() {
    return name + "-value";
  }
}
