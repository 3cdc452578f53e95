package org.rlhfstreams.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule of compatibility, as Confluent's registry has it. */
final class SubjectTableTest {
  private static final String SUBJECT = "events-value";
  private static final String A = "{\"name\": \"a\", \"type\": \"int\"}";
  private static final String A_LONG = "{\"name\": \"a\", \"type\": \"long\"}";
  private static final String B = "{\"name\": \"b\", \"type\": \"int\"}";
  private static final String B_DEFAULT = "{\"name\": \"b\", \"type\": \"int\", \"default\": 0}";

  private final SubjectTable table = new SubjectTable();

  private static Schema schema(String... fields) {
    return SubjectTable.parse(
        "{\"type\": \"record\", \"name\": \"Event\", \"fields\": [%s]}"
            .formatted(String.join(", ", fields)));
  }

  /** Registers versions that nothing checks. */
  private void have(Schema... versions) {
    table.setLevel(SUBJECT, "NONE");
    for (Schema version : versions) {
      table.add(SUBJECT, table.admit(SUBJECT, version), version);
    }
  }

  @ParameterizedTest
  @CsvSource({"BACKWARD, true", "BACKWARD_TRANSITIVE, false", "FULL_TRANSITIVE, false"})
  void aSchemaThatReadsTheNewestButNotTheOldest(String level, boolean compatible) {
    have(schema(A), schema(A, B_DEFAULT)); // b without a default is in the newest alone
    table.setLevel(SUBJECT, level);
    assertThat(table.compatible(SUBJECT, schema(A, B))).isEqualTo(compatible);
  }

  @ParameterizedTest
  @CsvSource({"FORWARD, true", "FORWARD_TRANSITIVE, false", "FULL, true", "FULL_TRANSITIVE, false"})
  void aSchemaThatTheNewestReadsButNotTheOldest(String level, boolean compatible) {
    have(schema(A, B), schema(A, B_DEFAULT)); // the oldest needs b
    table.setLevel(SUBJECT, level);
    assertThat(table.compatible(SUBJECT, schema(A))).isEqualTo(compatible);
    if (!compatible) {
      assertThatThrownBy(() -> table.admit(SUBJECT, schema(A)))
          .isInstanceOf(RegistryRefusal.class)
          .hasMessageContaining(level);
    }
  }

  @ParameterizedTest
  @CsvSource({"FULL, true", "FULL_TRANSITIVE, false"})
  void aSchemaThatReadsTheNewestAndIsReadByItButDoesNotReadTheOldest(
      String level, boolean compatible) {
    have(schema(A_LONG, B_DEFAULT), schema(A, B_DEFAULT));
    table.setLevel(SUBJECT, level);
    assertThat(table.compatible(SUBJECT, schema(A))).isEqualTo(compatible);
  }

  @ParameterizedTest
  @CsvSource({"BACKWARD_TRANSITIVE", "FORWARD_TRANSITIVE", "FULL_TRANSITIVE"})
  void aSchemaThatFitsAllVersionsIsTaken(String level) {
    have(schema(A), schema(A, B_DEFAULT));
    table.setLevel(SUBJECT, level);
    Schema fits = schema(A, "{\"name\": \"c\", \"type\": \"string\", \"default\": \"\"}");
    table.add(SUBJECT, table.admit(SUBJECT, fits), fits);
    assertThat(table.versions(SUBJECT)).hasSize(3);
  }

  @Test
  void aSubjectWithoutALevelHasTheGlobalOne() {
    have(schema(A), schema(A, B_DEFAULT));
    table.setLevel("", "FORWARD_TRANSITIVE");
    table.add("other", table.admit("other", schema(A, B)), schema(A, B));
    assertThat(table.compatible("other", schema(A))).isFalse();
  }
}
