package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.people.access.PersonRole;

final class LiveEventsTest {
  @TempDir private Path directory;

  @Test
  void whatIsNewReachesWhoLooksOnAsItIsToldElsewhere() throws IOException {
    try (ServedApi api = ServedApi.guarded(directory, Map.of())) {
      URLConnection connection =
          URI.create(api.server().url() + "/api/v1/events").toURL().openConnection();
      connection.setReadTimeout(20_000);
      connection.setRequestProperty("Authorization", "Bearer " + api.token(PersonRole.VIEWER));
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(connection.getContentType()).isEqualTo("text/event-stream");
        api.views()
            .feed()
            .tell("rollout", () -> new JsonObject().put("response", "<script>\n\r\u2028</script>"));
        String line = lines.readLine();
        while (!line.equals("event: rollout")) {
          line = lines.readLine();
        }
        String data = lines.readLine();
        assertThat(data).startsWith("data: ");
        assertThat(new JsonObject(data.substring("data: ".length())).getString("response"))
            .isEqualTo("<script>\n\r\u2028</script>");
        assertThat(lines.readLine()).isEmpty();
        while (!line.equals("event: status")) {
          line = lines.readLine();
        }
        assertThat(new JsonObject(lines.readLine().substring("data: ".length())))
            .isEqualTo(ServedApi.json(api.call(PersonRole.VIEWER, "GET", "/status")));
      }
      Awaitility.await().until(() -> api.server().viewers() == 0);
    }
  }

  @Test
  void whoReadsTooSlowlyIsLetGoAndTheOthersAreNot() throws IOException {
    try (ServedApi api = ServedApi.open()) {
      List<Socket> viewers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Socket viewer = new Socket();
        viewer.setReceiveBufferSize(4096);
        viewer.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), api.server().port()));
        viewer
            .getOutputStream()
            .write(
                "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        viewers.add(viewer);
      }
      Awaitility.await().until(() -> api.server().viewers() == 2);
      Thread reader =
          new Thread(
              () -> {
                try {
                  byte[] buffer = new byte[1 << 16];
                  while (viewers.get(1).getInputStream().read(buffer) >= 0) {
                    assertThat(buffer).isNotEmpty();
                  }
                } catch (IOException e) {
                  Thread.currentThread().interrupt(); // the test has ended
                }
              });
      reader.setDaemon(true);
      reader.start();
      String much = "x".repeat(20_000);
      Awaitility.await()
          .until(
              () -> {
                IntStream.range(0, 40)
                    .forEach(
                        i ->
                            api.views()
                                .feed()
                                .tell("rollout", () -> new JsonObject().put("response", much)));
                return api.server().viewers() == 1;
              });
      for (Socket viewer : viewers) {
        viewer.close();
      }
    }
  }
}
