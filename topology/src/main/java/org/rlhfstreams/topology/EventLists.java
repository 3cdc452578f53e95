package org.rlhfstreams.topology;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.rlhfstreams.schemas.EventSerdes;

/** Makes the serde of a store whose values are several events. */
public final class EventLists {
  private EventLists() {}

  /** Of lists of one class of event. */
  @SuppressWarnings("unchecked") // a class literal says nothing of the elements
  public static <T extends SpecificRecord> Serde<List<T>> serde(
      EventSerdes serdes, Class<T> event) {
    return Serdes.ListSerde((Class<ArrayList<T>>) (Class<?>) ArrayList.class, serdes.serde(event));
  }
}
