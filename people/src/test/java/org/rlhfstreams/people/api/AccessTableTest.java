package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.people.access.AccessTable;
import org.rlhfstreams.people.access.PersonRole;

/** Every row of the access table, for every role and for nobody, by real requests. */
final class AccessTableTest {
  private static final String NOBODY = "nobody";

  @TempDir private Path directory;

  @Test
  void eachRoleMayDoWhatTheTableSaysAndNothingElse() throws IOException {
    Map<String, Map<String, String>> seen = new TreeMap<>();
    Map<String, Map<String, String>> expected = new TreeMap<>();
    AccessTable table = ServedApi.access();
    try (ServedApi api = ServedApi.guarded(directory, Map.of())) {
      for (Operation operation : api.contract().operations()) {
        String id = operation.getOperationId();
        Map<String, String> row = new LinkedHashMap<>();
        Map<String, String> wanted = new LinkedHashMap<>();
        for (PersonRole role : PersonRole.values()) {
          row.put(role.text(), outcome(status(api, operation, api.token(role))));
          wanted.put(role.text(), table.allows(role, id) ? "let in" : "403");
        }
        row.put(NOBODY, outcome(status(api, operation, null)));
        wanted.put(NOBODY, table.isOpen(id) ? "let in" : "401");
        row.put("wrong token", outcome(status(api, operation, "rlhf_wrong")));
        wanted.put("wrong token", table.isOpen(id) ? "let in" : "401");
        seen.put(id, row);
        expected.put(id, wanted);
      }
      assertThat(api.outbox().sent()).isEmpty();
    }
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void anOperationThatIsForNobodyIsRefused() {
    for (JsonArray tags :
        List.of(JsonArray.of(), JsonArray.of("unknown"), JsonArray.of("looking", "steering"))) {
      JsonObject document = ApiDocument.load().json();
      document
          .getJsonObject("paths")
          .getJsonObject("/status")
          .getJsonObject("get")
          .put("tags", tags);
      assertThatThrownBy(() -> new AccessTable(document))
          .hasMessageContaining("operation getStatus has the tags " + tags);
    }
  }

  /** Bodies are no JSON objects that fit: who is let in hears 400, and nothing is written. */
  private static int status(ServedApi api, Operation operation, String token) throws IOException {
    String path = operation.getOpenAPIPath().replaceAll("\\{[^}]*}", "none");
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create(api.server().url() + ApiDocument.BASE + path).toURL().openConnection();
    connection.setRequestMethod(operation.getHttpMethod().name());
    if (token != null) {
      connection.setRequestProperty("Authorization", "Bearer " + token);
    }
    if (operation.getHttpMethod().name().equals("POST")) {
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      connection.getOutputStream().write('[');
    }
    int status = connection.getResponseCode();
    try (InputStream body =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      assertThat(body.read()).isGreaterThanOrEqualTo(-1); // an event stream has no end
    }
    connection.disconnect();
    return status;
  }

  private static String outcome(int status) {
    return status == 401 || status == 403 ? String.valueOf(status) : "let in";
  }
}
