package org.rlhfstreams.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;

/** A directory's own weights answer from the first request on, as one version. */
final class ModelServerTest {
  private static final Path STARTER = Path.of("..", "models", "starter");

  @Test
  void theDirectorysWeightsAnswer() throws Exception {
    ModelDirectory model = ModelDirectory.open(STARTER);
    ModelServerSettings settings =
        new ModelServerSettings(
            "starter", "127.0.0.1", 0, "--port", 1, "--slots", 0, "--queue", "auto", false);
    try (ModelServer server = ModelServer.start(model, ComputeType.FLOAT32, settings)) {
      server.loaded().get(1, TimeUnit.MINUTES);
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(
                              "http://127.0.0.1:" + server.endpoint().port() + "/v1/completions"))
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              "{\"prompt\": \"Once upon a time\", \"temperature\": 0,"
                                  + " \"max_tokens\": 4}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body())
          .contains("\"system_fingerprint\":\"0.0\"", "\"completion_tokens\":4");
    }
  }
}
