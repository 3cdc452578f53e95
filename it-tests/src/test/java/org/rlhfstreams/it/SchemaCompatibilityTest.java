package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.schemas.SubjectCompatibility;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.TopicException;
import org.rlhfstreams.schemas.Topics;

/** What is in the log stays readable: the registry refuses schemas that could not read it. */
final class SchemaCompatibilityTest {
  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private static Topic changed(Topic topic, Schema.Field more) {
    Schema old = topic.schema();
    List<Schema.Field> fields = new ArrayList<>();
    old.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    fields.add(more);
    Schema schema =
        Schema.createRecord(old.getName(), old.getDoc(), old.getNamespace(), false, fields);
    return new Topic(topic.name(), topic.key(), schema, topic.partitions(), topic.settings());
  }

  @Test
  void aBreakingChangeIsRefusedAndAReadableOneIsNot() {
    SubjectCompatibility registry = new SubjectCompatibility(stack.schemaRegistryUrl(), Map.of());
    Topic prompts = new Topics("schemas.", 1).prompts();
    assertThat(prompts.schema()).isEqualTo(Prompt.getClassSchema());
    registry.ensure(List.of(prompts));
    Schema text = Schema.create(Schema.Type.STRING);
    Topic breaking = changed(prompts, new Schema.Field("language", text));
    assertThatThrownBy(() -> registry.ensure(List.of(breaking)))
        .isInstanceOf(TopicException.class)
        .hasMessageContaining("schemas.prompts");
    Schema optional = Schema.createUnion(Schema.create(Schema.Type.NULL), text);
    Topic readable =
        changed(
            prompts,
            new Schema.Field("language", optional, "of the text", JsonProperties.NULL_VALUE));
    assertThatCode(() -> registry.ensure(List.of(readable))).doesNotThrowAnyException();
  }

  @Test
  void everyTopicIsMadeAndAMisfitIsNamed() throws Exception {
    Topics topics = new Topics("made.", 3);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.bootstrapServers()))) {
      TopicAdministrator administrator = new TopicAdministrator(admin, 1);
      assertThat(administrator.ensure(topics.all())).hasSize(topics.all().size());
      assertThat(administrator.ensure(topics.all())).isEmpty();
      assertThat(administrator.describe(List.of(topics.rollouts())).get(0).partitions())
          .isEqualTo(3);
      Topics misfit = new Topics("misfit.", 3);
      admin
          .createTopics(List.of(new NewTopic(misfit.scoredRollouts().name(), 4, (short) 1)))
          .all()
          .get();
      assertThatThrownBy(() -> administrator.ensure(misfit.all()))
          .isInstanceOf(TopicException.class)
          .hasMessageContaining("misfit.scored-rollouts has 4 partitions");
    }
  }
}
