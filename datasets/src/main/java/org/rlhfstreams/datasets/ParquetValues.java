package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Single values of Parquet, by their logical types: decimals with their scale, half floats as
 * numbers, dates and times as ISO texts, texts as texts.
 */
final class ParquetValues {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final long NANOSECONDS = 1_000_000_000L;
  private static final int JULIAN_DAY_OF_EPOCH = 2_440_588;

  private ParquetValues() {}

  static JsonNode value(Group group, int field, int index, PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> JSON.booleanNode(group.getBoolean(field, index));
      case INT32 -> whole(group.getInteger(field, index), logical, Integer.SIZE);
      case INT64 -> whole(group.getLong(field, index), logical, Long.SIZE);
      case FLOAT -> JSON.numberNode(group.getFloat(field, index));
      case DOUBLE -> JSON.numberNode(group.getDouble(field, index));
      case BINARY, FIXED_LEN_BYTE_ARRAY -> bytes(group.getBinary(field, index), logical);
      case INT96 -> JSON.textNode(ofJulianDay(group.getInt96(field, index)).toString());
    };
  }

  private static JsonNode whole(long value, LogicalTypeAnnotation logical, int bits) {
    if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
      return JSON.numberNode(BigDecimal.valueOf(value, decimal.getScale()));
    }
    if (logical instanceof DateLogicalTypeAnnotation) {
      return JSON.textNode(LocalDate.ofEpochDay(value).toString());
    }
    if (logical instanceof TimeLogicalTypeAnnotation time) {
      return JSON.textNode(LocalTime.ofNanoOfDay(value * nanoseconds(time.getUnit())).toString());
    }
    if (logical instanceof TimestampLogicalTypeAnnotation stamp) {
      Instant instant = instant(value, stamp.getUnit());
      return JSON.textNode(
          stamp.isAdjustedToUTC()
              ? instant.toString()
              : instant.atOffset(ZoneOffset.UTC).toLocalDateTime().toString());
    }
    if (logical instanceof IntLogicalTypeAnnotation integer && !integer.isSigned() && value < 0) {
      return bits == Long.SIZE
          ? JSON.numberNode(new BigInteger(Long.toUnsignedString(value)))
          : JSON.numberNode(Integer.toUnsignedLong((int) value));
    }
    return bits == Long.SIZE ? JSON.numberNode(value) : JSON.numberNode((int) value);
  }

  private static JsonNode bytes(Binary value, LogicalTypeAnnotation logical) {
    byte[] bytes = value.getBytes();
    if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
      return JSON.numberNode(new BigDecimal(new BigInteger(bytes), decimal.getScale()));
    }
    if (logical instanceof Float16LogicalTypeAnnotation) {
      return JSON.numberNode(
          half(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort()));
    }
    if (logical instanceof UUIDLogicalTypeAnnotation) {
      ByteBuffer halves = ByteBuffer.wrap(bytes);
      return JSON.textNode(new UUID(halves.getLong(), halves.getLong()).toString());
    }
    String text = text(bytes);
    boolean isText =
        logical instanceof StringLogicalTypeAnnotation
            || logical instanceof EnumLogicalTypeAnnotation
            || logical instanceof JsonLogicalTypeAnnotation;
    // Older writers do not say which bytes are a text. Others, such as a picture's, are no matter
    // while nobody asks for them.
    return isText || (logical == null && WholeText.isWhole(text))
        ? JSON.textNode(text)
        : JSON.binaryNode(bytes);
  }

  /** IEEE 754's binary16: one bit of sign, five of exponent, ten of fraction. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude;
    if (exponent == 0x1F) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      int digits = exponent == 0 ? fraction : fraction + 0x400;
      magnitude = Math.scalb((float) digits, Math.max(exponent, 1) - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  /** Bytes that are not UTF-8 are escaped, so that the row is refused. */
  private static String text(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return decoded(bytes);
      }
    }
    return new String(bytes, StandardCharsets.ISO_8859_1); // all ASCII
  }

  private static String decoded(byte[] bytes) {
    char[] characters = new char[bytes.length];
    int length = 0;
    try (EscapingReader reader =
        new EscapingReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
      for (int read = 0; read >= 0; length += Math.max(read, 0)) {
        int room = characters.length - length;
        read = room == 0 ? -1 : reader.read(characters, length, room);
      }
      return new String(characters, 0, length);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory were not read", e);
    }
  }

  private static Instant instant(long value, LogicalTypeAnnotation.TimeUnit unit) {
    long second = NANOSECONDS / nanoseconds(unit);
    return Instant.ofEpochSecond(
        Math.floorDiv(value, second), Math.floorMod(value, second) * nanoseconds(unit));
  }

  private static long nanoseconds(LogicalTypeAnnotation.TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> 1_000_000;
      case MICROS -> 1_000;
      case NANOS -> 1;
    };
  }

  /** The time stamps of Impala, Hive and older Sparks: nanoseconds of a Julian day. */
  private static Instant ofJulianDay(Binary value) {
    ByteBuffer parts = ByteBuffer.wrap(value.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
    long nanoseconds = parts.getLong();
    return Instant.ofEpochSecond(86_400L * (parts.getInt() - JULIAN_DAY_OF_EPOCH), nanoseconds);
  }
}
