package org.rlhfstreams.schemas;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * Reads a few fields of events out of their bytes and builds no objects for the others, which are
 * stepped over: a record that is cut off is refused. Fields are found by the schema that a record
 * was written with, so that other releases' records are read too.
 *
 * <p>Wanted are texts, bytes, whole numbers and fractions, and booleans as 0 and 1, by their path,
 * such as {@code rollout.rolloutId}. A path may lead through a list: {@code segments.version.step}
 * has as many values as there are segments. A field that the writer did not have, or that is null,
 * has no values; {@link #isSet} tells null from an empty list.
 *
 * <p>One thread; the values are those of the newest {@link #read}.
 */
public final class EventFields {
  private static final int FRAME = 5;
  private static final int LONGEST_VARINT = 10;
  private static final long HIGHEST_BITS = 0x8080808080808080L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle DOUBLES =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private final String event;
  private final WriterSchemas schemas;
  private final Wanted wanted = new Wanted();
  private final Map<Integer, Step> plans = new HashMap<>();
  private final long[][] values;
  private final int[] counts;
  private final boolean[] set;
  private int newestId = -1;
  private Step newestPlan;
  private byte[] bytes = {};
  private int position;
  private int limit;

  /** What is wanted of a record, by field. */
  private static final class Wanted {
    private final Map<String, Wanted> fields = new LinkedHashMap<>();
    private int slot = -1;
  }

  /** Passes over a value in the bytes, and notes what is wanted of it. */
  @FunctionalInterface
  private interface Step {
    void pass() throws UndecodableException;
  }

  /**
   * @param event full name of the events' schema
   * @param paths of the wanted fields; the first has slot 0
   */
  public EventFields(String event, WriterSchemas schemas, List<String> paths) {
    this.event = event;
    this.schemas = schemas;
    this.values = new long[paths.size()][1];
    this.counts = new int[paths.size()];
    this.set = new boolean[paths.size()];
    for (int slot = 0; slot < paths.size(); slot++) {
      Wanted place = wanted;
      for (String name : paths.get(slot).split("\\.", -1)) {
        place = place.fields.computeIfAbsent(name, any -> new Wanted());
      }
      place.slot = slot;
    }
  }

  /**
   * Reads the wanted fields of one record.
   *
   * @param value as the topic has it, with the schema's id in front; not moved
   * @throws UndecodableException if the bytes end too early or are of another event
   * @throws RegistryUnavailableException if the registry cannot be asked for their schema now
   */
  public void read(ByteBuffer value) throws UndecodableException {
    if (value.hasArray()) {
      bytes = value.array();
      position = value.arrayOffset() + value.position();
      limit = value.arrayOffset() + value.limit();
    } else {
      bytes = new byte[value.remaining()];
      value.duplicate().get(bytes);
      position = 0;
      limit = bytes.length;
    }
    Arrays.fill(counts, 0);
    Arrays.fill(set, false);
    if (limit - position < FRAME || bytes[position] != 0) {
      throw new UndecodableException(
          "not Avro in Confluent's format: it does not begin with a zero byte and a schema id");
    }
    int id =
        (bytes[position + 1] << 24)
            | ((bytes[position + 2] & 0xff) << 16)
            | ((bytes[position + 3] & 0xff) << 8)
            | (bytes[position + 4] & 0xff);
    position += FRAME;
    if (id != newestId) {
      newestPlan = plan(id);
      newestId = id;
    }
    newestPlan.pass();
  }

  /** How many values a field has in this record. */
  public int count(int slot) {
    return counts[slot];
  }

  /** Whether a field that may be null has a value in this record, be it an empty list. */
  public boolean isSet(int slot) {
    return set[slot];
  }

  /** A value of a field of whole numbers. */
  public long number(int slot, int index) {
    return values[slot][index];
  }

  /** A value of a field of floats or doubles. */
  public double fraction(int slot, int index) {
    return Double.longBitsToDouble(values[slot][index]);
  }

  /** All values of a field of floats. */
  public float[] floats(int slot) {
    float[] floats = new float[counts[slot]];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) Double.longBitsToDouble(values[slot][i]);
    }
    return floats;
  }

  /** A value of a field of texts. */
  public String text(int slot, int index) {
    return new String(bytes, start(slot, index), length(slot, index), StandardCharsets.UTF_8);
  }

  /** The bytes that {@link #start} is in. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where the UTF-8 of a text begins. */
  public int start(int slot, int index) {
    return (int) (values[slot][index] >>> 32);
  }

  /** Where in {@link #bytes} the record ends. */
  public int end() {
    return position;
  }

  /** Bytes of that text. */
  public int length(int slot, int index) {
    return (int) values[slot][index];
  }

  private void note(int slot, long value) {
    int count = counts[slot];
    if (count == values[slot].length) {
      values[slot] = Arrays.copyOf(values[slot], 2 * count);
    }
    values[slot][count] = value;
    counts[slot] = count + 1;
  }

  private void noteFloats(int slot, long count) throws UndecodableException {
    int at = position;
    skip(count < 0 || count > limit ? -1 : count * Float.BYTES);
    long[] to = room(slot, (int) count);
    int next = counts[slot];
    for (; at < position; at += Float.BYTES) {
      to[next++] = Double.doubleToRawLongBits((float) FLOATS.get(bytes, at));
    }
    counts[slot] = next;
  }

  private void noteDouble(int slot) throws UndecodableException {
    skip(Double.BYTES);
    note(slot, Double.doubleToRawLongBits((double) DOUBLES.get(bytes, position - Double.BYTES)));
  }

  private void noteIntegers(int slot, long count) throws UndecodableException {
    if (count < 0 || count > limit - position) {
      throw ended();
    }
    long[] to = room(slot, (int) count);
    int next = counts[slot];
    for (long i = 0; i < count; i++) {
      to[next++] = integer();
    }
    counts[slot] = next;
  }

  private long[] room(int slot, int more) {
    if (counts[slot] + more > values[slot].length) {
      values[slot] =
          Arrays.copyOf(values[slot], Math.max(counts[slot] + more, 2 * values[slot].length));
    }
    return values[slot];
  }

  private Step plan(int id) throws UndecodableException {
    Step plan = plans.get(id);
    if (plan == null) {
      Schema schema = schemas.byId(id);
      if (schema.getType() != Schema.Type.RECORD || !schema.getFullName().equals(event)) {
        throw new UndecodableException(
            String.format(
                Locale.ROOT,
                "schema %d is of %s, not of %s",
                id,
                schema.getType() == Schema.Type.RECORD ? schema.getName() : schema.getType(),
                event.substring(event.lastIndexOf('.') + 1)));
      }
      plan = step(schema, wanted);
      plans.put(id, plan);
    }
    return plan;
  }

  /**
   * @param want null if nothing is
   */
  private Step step(Schema schema, Wanted want) {
    return switch (schema.getType()) {
      case NULL -> () -> {};
      case BOOLEAN -> {
        int slot = want == null ? -1 : want.slot;
        yield slot < 0 ? () -> skip(1) : () -> flag(slot);
      }
      case INT -> {
        int slot = want == null ? -1 : want.slot;
        yield slot < 0 ? this::integer : () -> note(slot, integer());
      }
      case LONG -> {
        int slot = want == null ? -1 : want.slot;
        yield slot < 0 ? this::varint : () -> note(slot, varint());
      }
      case ENUM -> {
        int slot = want == null ? -1 : want.slot;
        int symbols = schema.getEnumSymbols().size();
        yield slot < 0 ? () -> index(symbols) : () -> note(slot, index(symbols));
      }
      case FLOAT, DOUBLE, FIXED -> {
        int slot = want == null ? -1 : want.slot;
        int size = size(schema);
        if (slot < 0 || schema.getType() == Schema.Type.FIXED) {
          yield () -> skip(size);
        }
        yield schema.getType() == Schema.Type.FLOAT
            ? () -> noteFloats(slot, 1)
            : () -> noteDouble(slot);
      }
      case STRING, BYTES -> {
        int slot = want == null ? -1 : want.slot;
        yield slot < 0 ? () -> skip(varint()) : () -> text(slot);
      }
      case RECORD -> record(schema, want);
      case UNION -> {
        List<Step> branches = new ArrayList<>();
        for (Schema branch : schema.getTypes()) {
          branches.add(branch(branch, want));
        }
        Step[] all = branches.toArray(Step[]::new);
        yield () -> all[index(all.length)].pass();
      }
      case ARRAY -> array(schema.getElementType(), want);
      case MAP -> {
        Step value = step(schema.getValueType(), null);
        yield () ->
            blocks(
                () -> {
                  skip(varint());
                  value.pass();
                });
      }
    };
  }

  private Step branch(Schema branch, Wanted want) {
    Step step = step(branch, want);
    if (want == null || want.slot < 0 || branch.getType() == Schema.Type.NULL) {
      return step;
    }
    int slot = want.slot;
    return () -> {
      set[slot] = true;
      step.pass();
    };
  }

  private static int size(Schema schema) {
    return switch (schema.getType()) {
      case FLOAT -> Float.BYTES;
      case DOUBLE -> Double.BYTES;
      default -> schema.getFixedSize();
    };
  }

  private Step record(Schema schema, Wanted want) {
    Map<String, Wanted> fields = want == null ? Map.of() : want.fields;
    List<Step> steps = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      steps.add(step(field.schema(), fields.get(field.name())));
    }
    Step[] all = steps.toArray(Step[]::new);
    return () -> {
      for (Step step : all) {
        step.pass();
      }
    };
  }

  private Step array(Schema element, Wanted want) {
    if (want == null) {
      switch (element.getType()) {
        case FLOAT, DOUBLE, FIXED -> {
          int size = size(element);
          return () -> {
            for (long count = block(); count != 0; count = block()) {
              skip(count * size);
            }
          };
        }
        case INT, LONG -> {
          return () -> {
            for (long count = block(); count != 0; count = block()) {
              skipVarints(count);
            }
          };
        }
        default -> {}
      }
    } else if (want.slot >= 0) {
      int slot = want.slot;
      switch (element.getType()) {
        case FLOAT -> {
          return () -> {
            for (long count = block(); count != 0; count = block()) {
              noteFloats(slot, count);
            }
          };
        }
        case INT -> {
          return () -> {
            for (long count = block(); count != 0; count = block()) {
              noteIntegers(slot, count);
            }
          };
        }
        default -> {}
      }
    }
    Step each = step(element, want);
    return () -> blocks(each);
  }

  private void blocks(Step each) throws UndecodableException {
    for (long count = block(); count != 0; count = block()) {
      for (long i = 0; i < count; i++) {
        each.pass();
      }
    }
  }

  /** Elements of the next block; a writer may say its bytes too. */
  private long block() throws UndecodableException {
    long count = varint();
    if (count < 0) {
      varint();
      count = -count;
    }
    return count;
  }

  private int index(int branches) throws UndecodableException {
    long index = varint();
    if (index < 0 || index >= branches) {
      throw new UndecodableException("the bytes do not fit their schema: no branch " + index);
    }
    return (int) index;
  }

  private void flag(int slot) throws UndecodableException {
    skip(1);
    note(slot, bytes[position - 1]);
  }

  private void text(int slot) throws UndecodableException {
    long length = varint();
    int start = position;
    skip(length);
    note(slot, ((long) start << 32) | length);
  }

  private void skip(long count) throws UndecodableException {
    if (count < 0 || count > limit - position) {
      throw ended();
    }
    position += (int) count;
  }

  /**
   * The last byte of a varint is the only one whose highest bit is not set; eight bytes hold the
   * ends of eight at most.
   */
  private void skipVarints(long count) throws UndecodableException {
    byte[] in = bytes;
    int at = position;
    int end = limit;
    long left = count;
    while (left >= Long.BYTES && at + Long.BYTES <= end) {
      left -= Long.bitCount(~(long) LONGS.get(in, at) & HIGHEST_BITS);
      at += Long.BYTES;
    }
    while (left > 0) {
      if (at >= end) {
        throw ended();
      }
      if (in[at++] >= 0) {
        left--;
      }
    }
    position = at;
  }

  private long varint() throws UndecodableException {
    long value = 0;
    for (int i = 0; i < LONGEST_VARINT; i++) {
      if (position >= limit) {
        throw ended();
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new UndecodableException("the bytes do not fit their schema: a number is too long");
  }

  private int integer() throws UndecodableException {
    long value = varint();
    if ((int) value != value) {
      throw new UndecodableException("the bytes do not fit their schema: a number is too large");
    }
    return (int) value;
  }

  private static UndecodableException ended() {
    return new UndecodableException("the bytes end before their event does");
  }
}
