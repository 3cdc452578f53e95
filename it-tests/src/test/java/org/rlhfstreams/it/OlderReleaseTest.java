package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.SubjectCompatibility;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.UndecodableException;

/** A release that was rolled back, or not exchanged yet, works beside a newer one. */
final class OlderReleaseTest {
  @TempDir private Path data;

  private static Schema withOneFieldMore(Schema schema) {
    List<Schema.Field> fields = new ArrayList<>();
    schema.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    Schema optional =
        Schema.createUnion(Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.STRING));
    fields.add(new Schema.Field("language", optional, "of the text", JsonProperties.NULL_VALUE));
    return Schema.createRecord(
        schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
  }

  @Test
  void itStartsAndReadsWhatTheNewerOneWrites() throws UndecodableException {
    try (EmbeddedStack stack = EmbeddedStack.start(data, 0, 0)) {
      SubjectCompatibility registry = new SubjectCompatibility(stack.schemaRegistryUrl(), Map.of());
      Topic older = new Topics("rolled-back.", 1).prompts();
      Topic newer =
          new Topic(
              older.name(),
              older.key(),
              withOneFieldMore(older.schema()),
              older.partitions(),
              older.settings());
      registry.ensure(List.of(older));
      registry.ensure(List.of(newer));
      assertThatCode(() -> registry.ensure(List.of(older))).doesNotThrowAnyException();

      EventSerdes serdes = new EventSerdes(stack.schemaRegistryUrl(), Map.of());
      GenericRecord written =
          new GenericRecordBuilder(newer.schema())
              .set("promptId", "one")
              .set("text", "Once upon a time")
              .set("source", "a newer release")
              .set("createdAt", 0L)
              .set("language", "en")
              .build();
      try (Serializer<Object> serializer = serdes.serializer()) {
        byte[] bytes = serializer.serialize(older.name(), written);
        assertThat(new RecordDecoder<>(Prompt.class, serdes).decode(older.name(), bytes).getText())
            .isEqualTo("Once upon a time");
      }
    }
  }
}
