package org.rlhfstreams.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Says which records have the bytes that this release would write for their event, and gives those
 * of the others such bytes. Bytes of this layout can be read without a registry, and become part of
 * a larger event as they are.
 *
 * <p>The schemas of two releases have one layout if their parsing canonical forms are equal:
 * documentation and defaults do not matter. One thread.
 */
public final class CurrentLayout<T extends SpecificRecord> {
  /** Bytes before the event: a zero and the schema's id. */
  public static final int FRAME = 5;

  private final Class<T> event;
  private final Schema schema;
  private final String form;
  private final RecordDecoder<T> decoder;
  private final Deserializer<Object> generic;
  private final Map<Integer, Boolean> known = new HashMap<>();
  private int newestId = -1;
  private boolean newest;

  /**
   * @param schema of the event in this release
   */
  public CurrentLayout(Class<T> event, Schema schema, EventSerdes serdes) {
    this.event = event;
    this.schema = schema;
    this.form = SchemaNormalization.toParsingForm(schema);
    this.decoder = new RecordDecoder<>(event, serdes);
    this.generic = serdes.genericDeserializer();
  }

  /**
   * Whether a record's bytes are as this release writes them. False also if that cannot be told:
   * {@link #decode} says why.
   */
  public boolean has(String topic, byte[] value) {
    if (value == null || value.length < FRAME || value[0] != 0) {
      return false;
    }
    int id = ByteBuffer.wrap(value).getInt(1);
    if (id != newestId) {
      Boolean same = known.get(id);
      if (same == null) {
        try {
          same =
              generic.deserialize(topic, value) instanceof GenericContainer written
                  && SchemaNormalization.toParsingForm(written.getSchema()).equals(form);
        } catch (RuntimeException e) {
          return false; // of the record or of the registry: another record may do
        }
        known.put(id, same);
      }
      newestId = id;
      newest = same;
    }
    return newest;
  }

  /**
   * The event of any record.
   *
   * @throws UndecodableException with the reason if the bytes will never be this event
   * @throws RegistryUnavailableException if the registry cannot be asked now
   */
  public T decode(String topic, byte[] value) throws UndecodableException {
    return decoder.decode(topic, value);
  }

  /** An event in this layout, behind a frame whose id is of no registry. */
  public byte[] encode(T value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[FRAME]);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      new SpecificDatumWriter<>(event).write(value, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Reads fields of records in this layout.
   *
   * @param paths as {@link EventFields} has them
   */
  public EventFields fields(String... paths) {
    return new EventFields(schema.getFullName(), id -> schema, List.of(paths));
  }
}
