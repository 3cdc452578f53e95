package org.rlhfstreams.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Turns a record's bytes into an event, or into the reason why they are none. Consumers read bytes
 * and decode here, so that one bad record cannot stop a partition.
 */
public final class RecordDecoder<T extends SpecificRecord> {
  private static final int FRAME = 5;

  private final Class<T> event;
  private final Deserializer<Object> deserializer;

  public RecordDecoder(Class<T> event, EventSerdes serdes) {
    this.event = event;
    this.deserializer = serdes.deserializer();
  }

  /**
   * Decodes one record's value.
   *
   * @throws UndecodableException with the reason, where the bytes will never be this event
   * @throws RegistryUnavailableException where the registry cannot be asked now
   */
  public T decode(String topic, byte[] value) throws UndecodableException {
    if (value == null) {
      throw new UndecodableException("the record has no value");
    }
    if (value.length < FRAME || value[0] != 0) {
      throw new UndecodableException(
          "not Avro in Confluent's format: it does not begin with a zero byte and a schema id");
    }
    int schemaId = ByteBuffer.wrap(value).getInt(1);
    Object decoded;
    try {
      decoded = deserializer.deserialize(topic, value);
    } catch (SerializationException e) {
      if (isUnavailable(e)) {
        throw new RegistryUnavailableException(
            "the schema registry does not answer: " + RootCause.message(e), e);
      }
      if (isUnknownSchema(e)) {
        throw new UndecodableException("the registry knows no schema with id " + schemaId, e);
      }
      throw misfit(schemaId, e);
    } catch (RetriableException | AuthenticationException | AuthorizationException e) {
      // The record may be sound: the registry says nothing of it, but that it cannot be asked now.
      throw new RegistryUnavailableException(
          "the schema registry cannot be asked: " + RootCause.message(e), e);
    } catch (RuntimeException e) {
      throw misfit(schemaId, e);
    }
    if (!event.isInstance(decoded)) {
      throw new UndecodableException(
          String.format(
              Locale.ROOT,
              "schema %d is of %s, not of %s",
              schemaId,
              nameOf(decoded),
              event.getSimpleName()));
    }
    return event.cast(decoded);
  }

  private UndecodableException misfit(int schemaId, RuntimeException cause) {
    return new UndecodableException(
        String.format(
            Locale.ROOT,
            "the bytes do not fit schema %d as %s: %s",
            schemaId,
            event.getSimpleName(),
            RootCause.message(cause)),
        cause);
  }

  private static boolean isUnavailable(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (RegistryErrors.isAnswer(cause)) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("error code: 5") || message.contains("error code: 429");
      }
      if (cause instanceof IOException && !(cause instanceof java.io.EOFException)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUnknownSchema(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (RegistryErrors.isAnswer(cause)
          && String.valueOf(cause.getMessage()).contains("error code: 404")) {
        return true;
      }
    }
    return false;
  }

  private static String nameOf(Object decoded) {
    return decoded instanceof org.apache.avro.generic.GenericContainer container
        ? container.getSchema().getFullName()
        : String.valueOf(decoded);
  }
}
