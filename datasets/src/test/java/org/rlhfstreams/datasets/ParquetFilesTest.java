package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;

/** Values as pyarrow reads them, of today's writers and of older ones. */
final class ParquetFilesTest {
  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  private Path written(String schema, Consumer<Group> row) throws IOException {
    MessageType type = MessageTypeParser.parseMessageType("message m { " + schema + " }");
    Path file = directory.resolve("written.parquet");
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(type)
            .build()) {
      Group group = new SimpleGroupFactory(type).newGroup();
      row.accept(group);
      writer.write(group);
    }
    return file;
  }

  private JsonNode row(String schema, Consumer<Group> row) throws IOException {
    return files.rows(written(schema, row)).get(0).json();
  }

  private JsonNode value(String type, Consumer<Group> row) throws IOException {
    return row(type.replace("?", "required"), row).get("v");
  }

  @Test
  void decimalsHaveTheirScaleAndHalfFloatsAreNumbers() throws IOException {
    for (String name : new String[] {"q13_decint.parquet", "q13_dec.parquet"}) {
      assertThat(files.preferences(files.resource(name)))
          .as(name)
          .isNotEmpty()
          .extracting(Preference::getMargin)
          .containsOnly(1.75f);
      assertThat(files.bad()).isEmpty();
    }
    assertThat(files.preferences(files.resource("q13_half.parquet")))
        .isNotEmpty()
        .extracting(Preference::getMargin)
        .containsOnly(2.0f);
    assertThat(files.bad()).isEmpty();
  }

  @Test
  void numbersAreThoseOfTheirLogicalType() throws IOException {
    assertThat(value("? int32 v (DECIMAL(9,2));", g -> g.add("v", -325)).decimalValue())
        .isEqualByComparingTo("-3.25");
    assertThat(value("? int64 v (DECIMAL(18,4));", g -> g.add("v", 15_000L)).decimalValue())
        .isEqualByComparingTo("1.5");
    Binary unscaled =
        Binary.fromConstantByteArray(new BigDecimal("-1.75").unscaledValue().toByteArray());
    assertThat(value("? binary v (DECIMAL(30,2));", g -> g.add("v", unscaled)).decimalValue())
        .isEqualByComparingTo("-1.75");
    assertThat(
            value(
                    "? fixed_len_byte_array(1) v (DECIMAL(2,2));",
                    g -> g.add("v", Binary.fromConstantByteArray(new byte[] {-75})))
                .decimalValue())
        .isEqualByComparingTo("-0.75");
    assertThat(value("? int32 v (UINT_32);", g -> g.add("v", -1)).asLong()).isEqualTo(4294967295L);
    assertThat(value("? int64 v (UINT_64);", g -> g.add("v", -1L)).asText())
        .isEqualTo("18446744073709551615");
    short[] halves = {0x3C00, (short) 0xC000, 0x0001, 0x7BFF, 0x0000};
    double[] values = {1, -2, Math.scalb(1.0, -24), 65504, 0};
    for (int i = 0; i < halves.length; i++) {
      byte[] bytes =
          ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(halves[i]).array();
      assertThat(
              value(
                      "? fixed_len_byte_array(2) v (FLOAT16);",
                      g -> g.add("v", Binary.fromConstantByteArray(bytes)))
                  .asDouble())
          .isEqualTo(values[i]);
    }
  }

  @Test
  void timesAreInstants() throws IOException {
    long second = 1_796_000_000L;
    String instant = "2026-11-30T00:53:20Z";
    assertThat(
            value("? int64 v (TIMESTAMP(MILLIS,true));", g -> g.add("v", second * 1_000)).asText())
        .isEqualTo(instant);
    assertThat(
            value("? int64 v (TIMESTAMP(MICROS,true));", g -> g.add("v", second * 1_000_000))
                .asText())
        .isEqualTo(instant);
    assertThat(
            value("? int64 v (TIMESTAMP(NANOS,false));", g -> g.add("v", second * 1_000_000_000))
                .asText())
        .isEqualTo("2026-11-30T00:53:20");
    assertThat(value("? int64 v (TIMESTAMP(MILLIS,true));", g -> g.add("v", -1L)).asText())
        .isEqualTo("1969-12-31T23:59:59.999Z");
    assertThat(value("? int32 v (DATE);", g -> g.add("v", 20_787)).asText())
        .isEqualTo("2026-11-30");
    assertThat(value("? int32 v (TIME(MILLIS,true));", g -> g.add("v", 3_000)).asText())
        .isEqualTo("00:00:03");
    byte[] julian =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(3_200_000_000_000L)
            .putInt(2_440_588 + 20_787)
            .array();
    assertThat(value("? int96 v;", g -> g.add("v", Binary.fromConstantByteArray(julian))).asText())
        .isEqualTo(instant);
  }

  @Test
  void textsAreThoseOfEveryWriterAndOtherBytesAreNone() throws IOException {
    for (String type : new String[] {"(STRING)", "(ENUM)", "(JSON)", ""}) {
      assertThat(value("? binary v " + type + ";", g -> g.add("v", "Café 👍")).asText())
          .as(type)
          .isEqualTo("Café 👍");
    }
    byte[] uuid = new byte[16];
    uuid[15] = 7;
    assertThat(
            value(
                    "? fixed_len_byte_array(16) v (UUID);",
                    g -> g.add("v", Binary.fromConstantByteArray(uuid)))
                .asText())
        .isEqualTo("00000000-0000-0000-0000-000000000007");

    Binary bytes = Binary.fromConstantByteArray("Caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    Path picture =
        written(
            "required binary prompt (STRING); required binary picture;",
            g -> {
              g.add("prompt", "p");
              g.add("picture", bytes);
            });
    assertThat(files.promptTexts(picture)).containsExactly("p");
    Path broken = written("required binary prompt (STRING);", g -> g.add("prompt", bytes));
    assertThatThrownBy(() -> files.checked(broken))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("1 invalid UTF-8", "row 1");
  }

  @Test
  void theColumnsAreThoseOfTheSchema() throws IOException {
    for (String name : new String[] {"q13_nullfirst.parquet", "q13_nullfirst2.parquet"}) {
      Path file = files.resource(name);
      assertThat(files.preferences(file))
          .as(name)
          .hasSize(3)
          .extracting(Preference::getRejected)
          .doesNotContainNull();
      assertThat(files.bad()).as(name).containsExactly("1 missing column");
      assertThat(files.reasons().get(0)).contains(name + ", row 1: rejected is missing");
    }
  }

  @Test
  void listsOfTwoLevelsAreRead() throws IOException {
    for (String name : new String[] {"q11_avro2level.parquet", "q11_repeated.parquet"}) {
      assertThat(files.preferences(files.resource(name)))
          .as(name)
          .hasSize(4)
          .extracting(Preference::getChosen, Preference::getRejected, Preference::getMargin)
          .containsOnly(tuple("y", "x", 1f));
      assertThat(files.bad()).as(name).isEmpty();
    }
    assertThat(files.preferences(files.resource("q11_struct2level.parquet")))
        .hasSize(4)
        .extracting(Preference::getMessages, Preference::getChosen, Preference::getRejected)
        .contains(tuple(List.of(new ChatMessage("user", "p0")), "good", "bad"));
  }

  @Test
  void theListsOfEveryWriterAreTheSame() throws IOException {
    String[] schemas = {
      "optional group v (LIST) { repeated group list { optional binary element (STRING); } }",
      "optional group v (LIST) { repeated group bag { optional binary array_element (STRING); } }",
      "optional group v (LIST) { repeated group bag { optional binary array (STRING); } }",
      "optional group v (LIST) { repeated group element { required binary item (STRING); } }"
    };
    for (String schema : schemas) {
      JsonNode row =
          row(
              schema,
              g -> {
                Group list = g.addGroup("v");
                list.addGroup(0).add(0, "x");
                list.addGroup(0).add(0, "y");
              });
      assertThat(row.get("v")).as(schema).hasToString("[\"x\",\"y\"]");
    }
    String[] structs = {
      "optional group v (LIST) { repeated group array { required binary text (STRING); } }",
      "optional group v (LIST) { repeated group v_tuple { required binary text (STRING); } }"
    };
    for (String schema : structs) {
      JsonNode row = row(schema, g -> g.addGroup("v").addGroup(0).add(0, "x"));
      assertThat(row.get("v")).as(schema).hasToString("[{\"text\":\"x\"}]");
    }
    JsonNode nulls = row(schemas[0], g -> g.addGroup("v").addGroup(0));
    assertThat(nulls.get("v")).hasToString("[null]");
    assertThat(row(schemas[0], g -> g.addGroup("v")).get("v")).hasToString("[]");
    assertThat(row(schemas[0], g -> {}).get("v").isNull()).isTrue();
    JsonNode nested =
        row(
            "required group v (LIST) { repeated group array (LIST) { repeated int32 array; } }",
            g -> {
              Group outer = g.addGroup("v");
              outer.addGroup(0).append("array", 1).append("array", 2);
              outer.addGroup(0).append("array", 3);
            });
    assertThat(nested.get("v")).hasToString("[[1,2],[3]]");
  }

  @Test
  void aMapIsAnObject() throws IOException {
    JsonNode row =
        row(
            "optional group v (MAP) { repeated group key_value { required binary key (STRING);"
                + " optional int32 value; } }",
            g -> {
              Group map = g.addGroup("v");
              map.addGroup(0).append("key", "a").append("value", 1);
              map.addGroup(0).append("key", "b");
            });
    assertThat(row.get("v")).hasToString("{\"a\":1,\"b\":null}");
  }

  @Test
  void aTableIsKnownByItsContent() throws IOException {
    Path named = files.resource("d15.parquet");
    assertThat(files.promptTexts(named)).containsExactly("Once upon a time", "The dog");
    Path unnamed = Files.copy(named, directory.resolve("prompts"));
    assertThat(files.promptTexts(unnamed)).containsExactly("Once upon a time", "The dog");
    Path cut = files.bytes("cut.parquet", "PAR1".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> files.promptTexts(cut))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("cut.parquet cannot be read");
  }
}
