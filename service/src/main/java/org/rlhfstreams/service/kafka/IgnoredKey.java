package org.rlhfstreams.service.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/** Leaves keys where they are; the interface's own methods would copy their bytes. */
final class IgnoredKey implements Deserializer<Void> {
  @Override
  public Void deserialize(String topic, byte[] key) {
    return null;
  }

  @Override
  public Void deserialize(String topic, Headers headers, ByteBuffer key) {
    return null;
  }
}
