package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.WeightVersion;

/**
 * The service behind the pages is killed between clicks and while one is on its way; each is in the
 * log once. {@code -Dkills=20} kills it twenty times.
 */
final class KilledPagesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLS = Integer.getInteger("kills", 2);
  private static final int LONGEST_FLIGHT = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Random random = new Random(7);

  @TempDir private Path directory;

  @Test
  void eachClickIsInTheLogOnceWhateverIsKilledBetween() throws Exception {
    try (Cluster cluster = new Cluster(directory)) {
      assertThat(cluster.start("topics", "create").awaitExit()).isZero();
      Log log = cluster.log();
      RlhfProcess controller = cluster.start("controller", "--people.enabled", "true");
      for (int i = 0; i < 2 * KILLS; i++) {
        log.write(log.topics().comparisons(), "c" + i, question(i));
      }
      String port = "0";
      List<String> clicks = new ArrayList<>();
      int heardBeforeTheKill = 0;
      for (int kill = 0; kill < KILLS; kill++) {
        RlhfProcess service = serve(cluster, port);
        URI pages = URI.create(service.awaitLine("pages at (http://\\S+)").group(1));
        port = String.valueOf(pages.getPort());
        if (kill > 0) {
          assertThat(clickUntilHeard(pages, clicks.get(2 * kill - 1), 2 * kill - 1)).isIn(200, 201);
        }
        clicks.add(UUID.randomUUID().toString());
        assertThat(clickUntilHeard(pages, clicks.get(2 * kill), 2 * kill)).isEqualTo(201);
        clicks.add(UUID.randomUUID().toString());
        CompletableFuture<HttpResponse<String>> onItsWay =
            client.sendAsync(
                click(pages, clicks.get(2 * kill + 1), 2 * kill + 1),
                HttpResponse.BodyHandlers.ofString());
        heardBeforeTheKill += isHeard(onItsWay, random.nextInt(LONGEST_FLIGHT)) ? 1 : 0;
        service.kill();
      }
      RlhfProcess service = serve(cluster, port);
      URI pages = URI.create(service.awaitLine("pages at (http://\\S+)").group(1));
      int last = 2 * KILLS - 1;
      assertThat(clickUntilHeard(pages, clicks.get(last), last)).isIn(200, 201);
      await("each click is a preference")
          .atMost(PATIENCE)
          .until(
              () -> log.read(log.topics().preferences(), Preference.class).size() >= clicks.size());
      assertThat(log.read(log.topics().judgements(), Judgement.class))
          .extracting(Judgement::getJudgementId)
          .containsExactlyInAnyOrderElementsOf(clicks);
      assertThat(log.read(log.topics().preferences(), Preference.class))
          .extracting(Preference::getComparisonId)
          .doesNotHaveDuplicates()
          .hasSize(clicks.size());
      System.out.printf(
          "%d kills, %d clicks, %d of %d on their way were heard before the kill%n",
          KILLS, clicks.size(), heardBeforeTheKill, KILLS);
      for (RlhfProcess role : List.of(service, controller)) {
        role.interrupt();
        assertThat(role.awaitExit()).isEqualTo(130);
      }
    }
  }

  private static RlhfProcess serve(Cluster cluster, String port) {
    return cluster.start("people", "--people.enabled", "true", "--people.http-port", port);
  }

  private static Comparison question(int i) {
    return Comparison.newBuilder()
        .setComparisonId("c" + i)
        .setPromptId("p" + i)
        .setPromptText("prompt " + i)
        .setFirst(response("first-" + i))
        .setSecond(response("second-" + i))
        .setReason("random")
        .setCreatedAt(Instant.now())
        .build();
  }

  private static ComparedResponse response(String id) {
    return ComparedResponse.newBuilder()
        .setRolloutId(id)
        .setText(id)
        .setTokenIds(List.of())
        .setVersion(new WeightVersion(0, 1L))
        .build();
  }

  private static HttpRequest click(URI pages, String id, int comparison)
      throws JsonProcessingException {
    Map<String, Object> body =
        Map.of(
            "judgementId",
            id,
            "comparisonId",
            "c" + comparison,
            "choice",
            "left",
            "swapped",
            false,
            "millisecondsSpent",
            10);
    return HttpRequest.newBuilder(pages.resolve("/api/v1/judgements"))
        .timeout(Duration.ofSeconds(20))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
        .build();
  }

  /** As the page does: the same again until it is taken. */
  private int clickUntilHeard(URI pages, String id, int comparison) {
    return await("click " + id + " is heard")
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(IOException.class::isInstance)
        .until(
            () ->
                client
                    .send(click(pages, id, comparison), HttpResponse.BodyHandlers.ofString())
                    .statusCode(),
            status -> status != 503);
  }

  private static boolean isHeard(CompletableFuture<HttpResponse<String>> answer, int milliseconds)
      throws Exception {
    try {
      return answer.get(milliseconds, TimeUnit.MILLISECONDS).statusCode() == 201;
    } catch (TimeoutException e) {
      return false;
    }
  }
}
