package org.rlhfstreams.people.live;

import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A topic and what is done with its events. */
final class FollowedTopic<T extends SpecificRecord> {
  private final Topic topic;
  private final RecordDecoder<T> decoder;
  private final ObjIntConsumer<T> handler;

  FollowedTopic(KafkaConnection connection, Topic topic, Class<T> event, Consumer<T> handler) {
    this(connection, topic, event, (value, partition) -> handler.accept(value));
  }

  /**
   * @param handler of events with the partition that each lies in
   */
  FollowedTopic(
      KafkaConnection connection, Topic topic, Class<T> event, ObjIntConsumer<T> handler) {
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
   * @param partition that it lies in
   * @throws UndecodableException where it is no such event
   */
  void take(byte[] value, int partition) throws UndecodableException {
    handler.accept(decoder.decode(topic.name(), value), partition);
  }
}
