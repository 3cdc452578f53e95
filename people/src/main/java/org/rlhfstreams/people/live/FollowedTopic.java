package org.rlhfstreams.people.live;

import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A topic and what is done with its events. */
final class FollowedTopic<T extends SpecificRecord> {
  private final Topic topic;
  private final RecordDecoder<T> decoder;
  private final Consumer<T> handler;

  FollowedTopic(KafkaConnection connection, Topic topic, Class<T> event, Consumer<T> handler) {
    this.topic = topic;
    this.decoder = connection.decoder(event);
    this.handler = handler;
  }

  String name() {
    return topic.name();
  }

  /**
   * Handles a record's value.
   *
   * @throws UndecodableException where it is no such event
   */
  void take(byte[] value) throws UndecodableException {
    handler.accept(decoder.decode(topic.name(), value));
  }
}
