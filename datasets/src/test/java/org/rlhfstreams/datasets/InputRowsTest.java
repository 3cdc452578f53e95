package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;

/** Rows that are worked through one by one. */
final class InputRowsTest {
  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  @Test
  void rowsOfEveryKindOfFileHaveTheSameFields() throws IOException {
    for (Path file :
        new Path[] {
          files.file("a.jsonl", "{\"id\": \"a\", \"prompt\": \"p\", \"ids\": [1, 2]}"),
          files.file("a.json", "[{\"id\": \"a\", \"prompt\": \"p\", \"ids\": [1, 2]}]"),
          files.file("a.csv", "id,prompt,ids", "a,p,\"[1, 2]\"")
        }) {
      InputRow row = files.rows(file).get(0);
      assertThat(row.json().get("id").asText()).as(file.toString()).isEqualTo("a");
      assertThat(row.text("prompt")).contains("p");
      assertThat(row.tokenIds("ids").orElseThrow()).containsExactly(1, 2);
    }
    assertThat(files.rows(files.file("a.txt", "p", "", "q")))
        .extracting(row -> row.place().source() + " " + row.text("prompt").orElseThrow())
        .containsExactly("a.txt:1 p", "a.txt:3 q");
  }

  @Test
  void conversationsHaveRolesWhateverTheirForm() throws IOException {
    String[] rows = {
      "{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}]}",
      "{\"prompt\": [{\"role\": \"user\", \"content\": \"q\"}]}",
      "{\"conversations\": [{\"from\": \"human\", \"value\": \"q\"}]}"
    };
    for (String row : rows) {
      assertThat(files.rows(files.file("a.jsonl", row)).get(0).messages().orElseThrow().get(0))
          .hasSize(2)
          .anyMatch(value -> value.asText().equals("user"))
          .anyMatch(value -> value.asText().equals("q"));
    }
  }

  @Test
  void aFileWithoutRowsIsAnError() throws IOException {
    Path empty = files.file("a.jsonl", "", "");
    assertThatThrownBy(() -> files.rows(empty))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("a.jsonl has no rows");
  }
}
