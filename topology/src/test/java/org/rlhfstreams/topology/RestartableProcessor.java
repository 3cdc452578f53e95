package org.rlhfstreams.topology;

import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.rlhfstreams.schemas.Topic;

/** A processor on stores that outlive it, so that a test can start it again anywhere. */
public final class RestartableProcessor {
  private final Supplier<Processor<String, byte[], String, Object>> processors;
  private final List<StateStore> stores;
  private final Serializer<Object> serializer = PeopleEvents.SERDES.serializer();
  private MockProcessorContext<String, Object> context = new MockProcessorContext<>();
  private Processor<String, byte[], String, Object> processor;
  private long offset;

  /** A store in memory, keyed by text. */
  public static <T> StateStore store(String name, Serde<T> values) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
        .withLoggingDisabled()
        .build();
  }

  /** Starts it for the first time. */
  public RestartableProcessor(
      Supplier<Processor<String, byte[], String, Object>> processors, List<StateStore> stores) {
    this.processors = processors;
    this.stores = stores;
    stores.forEach(store -> store.init(context.getStateStoreContext(), store));
    this.processor = processors.get();
    processor.init(context);
  }

  /** Starts another one on the same stores. */
  public void restart() {
    context = new MockProcessorContext<>();
    stores.forEach(context::addStateStore);
    processor = processors.get();
    processor.init(context);
  }

  /** What it forwards on an event. */
  public List<Object> pipe(Topic topic, Object event, long timestamp) {
    context.resetForwards();
    context.setRecordMetadata(topic.name(), 0, offset++);
    byte[] bytes = serializer.serialize(topic.name(), event);
    processor.process(new Record<>("key", bytes, timestamp));
    return context.forwarded().stream().map(forward -> (Object) forward.record().value()).toList();
  }
}
