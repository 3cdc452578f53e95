package org.rlhfstreams.schemas;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Makes the serializers of events. Confluent's classes are named, not imported, so that any build
 * of them on the class path serves.
 */
public final class EventSerdes {
  private static final String SERIALIZER = "io.confluent.kafka.serializers.KafkaAvroSerializer";
  private static final String DESERIALIZER = "io.confluent.kafka.serializers.KafkaAvroDeserializer";
  private static final String EVENTS = "org.rlhfstreams.events";
  static final String USER_INFO = "basic.auth.user.info";
  private static final String TRUSTED = "org.apache.avro.SERIALIZABLE_PACKAGES";

  private final Map<String, Object> settings;

  static {
    trustEvents();
  }

  /**
   * Allows Avro to make instances of the events, which it refuses for packages that nobody names. A
   * program calls this before it builds its first event.
   */
  public static void trustEvents() {
    String trusted = System.getProperty(TRUSTED, "");
    if (!trusted.contains(EVENTS)) {
      System.setProperty(TRUSTED, trusted.isEmpty() ? EVENTS : trusted + "," + EVENTS);
    }
  }

  /**
   * @param registryUrl base URL of a registry with Confluent's REST API
   * @param passThrough further settings of Confluent's serializers, such as credentials
   */
  public EventSerdes(String registryUrl, Map<String, String> passThrough) {
    this.settings = new HashMap<>(passThrough);
    settings.put("schema.registry.url", registryUrl);
    settings.put("specific.avro.reader", "true");
    if (settings.containsKey(USER_INFO)) {
      // Confluent's serializers would else look for credentials in the URL, and send none.
      settings.putIfAbsent("basic.auth.credentials.source", "USER_INFO");
    }
  }

  /** Writes events; registers a schema on its first use. */
  public Serializer<Object> serializer() {
    @SuppressWarnings("unchecked") // the named class is a Serializer<Object>
    Serializer<Object> serializer = (Serializer<Object>) instance(SERIALIZER);
    serializer.configure(settings, false);
    return serializer;
  }

  /** Reads events. */
  public Deserializer<Object> deserializer() {
    return deserializer(settings);
  }

  /** Reads events as generic records of the schemas that they were written with. */
  Deserializer<Object> genericDeserializer() {
    Map<String, Object> generic = new HashMap<>(settings);
    generic.put("specific.avro.reader", "false");
    return deserializer(generic);
  }

  private static Deserializer<Object> deserializer(Map<String, Object> settings) {
    @SuppressWarnings("unchecked") // the named class is a Deserializer<Object>
    Deserializer<Object> deserializer = (Deserializer<Object>) instance(DESERIALIZER);
    deserializer.configure(settings, false);
    return deserializer;
  }

  /** Both, for Kafka Streams, on one class of event. */
  public <T extends SpecificRecord> Serde<T> serde(Class<T> event) {
    Serializer<Object> serializer = serializer();
    Deserializer<Object> deserializer = deserializer();
    return Serdes.serdeFrom(
        (topic, value) -> serializer.serialize(topic, value),
        (topic, bytes) -> event.cast(deserializer.deserialize(topic, bytes)));
  }

  private static Object instance(String name) {
    try {
      return Class.forName(name).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new TopicException(
          name
              + " is not on the class path: build with the confluent-serde module, or with the"
              + " profile confluent-repository",
          e);
    }
  }
}
