package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.Operation;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.people.access.AccessTable;
import org.rlhfstreams.people.access.PersonRole;

/** The document tells the truth: the routes are those in it, and it is what is served. */
final class DocumentTest {
  @Test
  void everyOperationOfTheDocumentHasARouteAndNothingElseHas() {
    try (ServedApi api = ServedApi.open()) {
      for (Operation operation : api.contract().operations()) {
        if (operation.getOperationId().equals("streamEvents")) {
          continue; // has no end; LiveEventsTest has it
        }
        String path = operation.getOpenAPIPath().replaceAll("\\{[^}]*}", "none");
        int status =
            api.call(
                    Map.of(),
                    operation.getHttpMethod().name(),
                    path,
                    operation.getHttpMethod().name().equals("POST") ? "{" : null)
                .statusCode();
        assertThat(status).as(path).isNotIn(405, 500);
      }
      HttpResponse<String> refused = api.call(Map.of(), "GET", "/controls", null);
      assertThat(refused.statusCode()).isEqualTo(405);
      assertThat(refused.headers().firstValue("Allow")).contains("POST");
      assertThat(api.call(Map.of(), "GET", "/nothing", null).statusCode()).isEqualTo(404);
      assertThat(api.call(Map.of(), "PUT", "/judgements/mine", "{}").statusCode()).isEqualTo(405);
    }
  }

  @Test
  void theDocumentIsServedWithoutAToken() {
    try (ServedApi api = ServedApi.open()) {
      JsonObject served = ServedApi.json(api.call(Map.of(), "GET", "/openapi.json", null));
      assertThat(served).isEqualTo(ApiDocument.load().json());
      assertThat(served.getString("openapi")).startsWith("3.1");
    }
  }

  /** docs/http-api.md has a line for each operation with the roles that may call it. */
  @Test
  void thePageSaysWhoMayCallWhat() throws IOException {
    List<String> page = Files.readAllLines(Path.of("../docs/http-api.md"));
    AccessTable access = ServedApi.access();
    JsonObject paths = ApiDocument.load().json().getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      for (String method : paths.getJsonObject(path).fieldNames()) {
        String id = paths.getJsonObject(path).getJsonObject(method).getString("operationId");
        String roles =
            access.isOpen(id)
                ? "everyone"
                : Arrays.stream(PersonRole.values())
                    .filter(role -> access.allows(role, id))
                    .map(PersonRole::text)
                    .collect(Collectors.joining(", "));
        String row = "| `%s %s` | %s |".formatted(method.toUpperCase(Locale.ROOT), path, roles);
        assertThat(page).as(row).anyMatch(line -> line.startsWith(row));
      }
    }
  }

  @Test
  void everyOperationMayBeAnsweredAProblem() {
    JsonObject paths = ApiDocument.load().json().getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      for (String method : paths.getJsonObject(path).fieldNames()) {
        JsonObject responses =
            paths.getJsonObject(path).getJsonObject(method).getJsonObject("responses");
        assertThat(responses.getJsonObject("default").getString("$ref"))
            .as("%s %s", method, path)
            .isEqualTo("#/components/responses/Problem");
      }
    }
  }
}
