package org.rlhfstreams.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.people.PeopleService;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.access.TokensFile;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/**
 * 500 people judge over HTTP at 200 requests a second while 200 look on; broker, service and
 * clients share this machine.
 */
public final class PeopleLoad {
  private static final int PEOPLE = 500;
  private static final int VIEWERS = 200;
  private static final int PAIRS_A_SECOND = 100; // next and submit: two requests
  private static final int CLIENT_THREADS = 64;
  private static final int WARM_UP_SECONDS = 10;
  private static final int SECONDS = 60;
  private static final double MILLIS = 1e6;
  private static final byte[] JUDGEMENT = "\nevent: judgement\n".getBytes(StandardCharsets.UTF_8);

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> tokens;
  private final KafkaProducer<String, Object> producer;
  private final String topic;
  private final AtomicInteger asked = new AtomicInteger();
  private final Map<String, Comparison> open = new ConcurrentHashMap<>();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final List<Double> times = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger none = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicLong seen = new AtomicLong();
  private final String url;

  private PeopleLoad(
      String url, List<String> tokens, KafkaProducer<String, Object> producer, String topic) {
    this.url = url;
    this.tokens = tokens;
    this.producer = producer;
    this.topic = topic;
  }

  /** Prints the percentiles of next and submit together, and whether all judgements are there. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    Path directory = Files.createTempDirectory("people-load");
    Path tokensFile = directory.resolve("tokens.yaml");
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      Map<String, String> settings = new HashMap<>(Cluster.address(stack));
      settings.put("people.http-port", "0");
      settings.put("people.state-directory", directory.resolve("people").toString());
      settings.put("people.tokens-file", tokensFile.toString());
      List<String> viewers = new ArrayList<>();
      for (int i = 0; i < VIEWERS; i++) {
        viewers.add(TokensFile.add(tokensFile, "viewer-" + i, PersonRole.VIEWER));
      }
      List<String> tokens = new ArrayList<>();
      for (int i = 0; i < PEOPLE; i++) {
        tokens.add(TokensFile.add(tokensFile, "person-" + i, PersonRole.ANNOTATOR));
      }
      KafkaConnection connection =
          Cluster.connect(RlhfConfiguration.of(settings), Role.SETUP, message -> {});
      try (KafkaProducer<String, Object> producer = connection.producer();
          PeopleService service = PeopleService.start(connection)) {
        while (service.unready().isPresent()) {
          LockSupport.parkNanos(10_000_000);
        }
        PeopleLoad load =
            new PeopleLoad(
                service.url(), tokens, producer, connection.topics().comparisons().name());
        load.run(viewers, service.port());
        load.report(judged(connection));
      }
    }
    System.exit(0);
  }

  /** As the topology does: what is judged closes, and another question opens. */
  private void ask(Comparison judged) {
    if (judged != null) {
      send(Comparison.newBuilder(judged).setClosed("judged").build());
    }
    int number = asked.getAndIncrement();
    Comparison comparison =
        Comparison.newBuilder()
            .setComparisonId("r" + number + "/0|r" + number + "/1")
            .setPromptId("p" + number)
            .setPromptText("Once upon a time, there was number " + number + ".")
            .setFirst(response("r" + number + "/0"))
            .setSecond(response("r" + number + "/1"))
            .setReason("random")
            .setCreatedAt(Instant.now())
            .build();
    open.put(comparison.getComparisonId(), comparison);
    send(comparison);
  }

  private void send(Comparison comparison) {
    producer.send(new ProducerRecord<>(topic, comparison.getComparisonId(), comparison));
  }

  private static ComparedResponse response(String id) {
    return ComparedResponse.newBuilder()
        .setRolloutId(id)
        .setText("They lived happily and " + "ever ".repeat(50) + id)
        .setTokenIds(List.of())
        .setVersion(new WeightVersion(0, 1L))
        .build();
  }

  private void run(List<String> viewerTokens, int port) throws IOException, InterruptedException {
    List<Socket> viewers = new ArrayList<>();
    ExecutorService reading = Executors.newCachedThreadPool(PeopleLoad::daemon);
    for (String viewer : viewerTokens) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      viewers.add(socket);
      reading.execute(() -> look(socket, viewer));
    }
    for (int i = 0; i < 2 * PEOPLE; i++) {
      ask(null);
    }
    producer.flush();
    ExecutorService people = Executors.newFixedThreadPool(CLIENT_THREADS, PeopleLoad::daemon);
    long begin = System.nanoTime();
    int pairs = (WARM_UP_SECONDS + SECONDS) * PAIRS_A_SECOND;
    for (int i = 0; i < pairs; i++) {
      // When it is due and not when a thread is free: waiting counts.
      long due = begin + i * TimeUnit.SECONDS.toNanos(1) / PAIRS_A_SECOND;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      String token = tokens.get(i % PEOPLE);
      boolean counts = i >= WARM_UP_SECONDS * PAIRS_A_SECOND;
      people.execute(() -> judge(token, due, counts));
    }
    people.shutdown();
    if (!people.awaitTermination(60, TimeUnit.SECONDS)) {
      throw new IOException("the people are not done");
    }
    for (Socket socket : viewers) {
      socket.close();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "load");
    thread.setDaemon(true);
    return thread;
  }

  private void look(Socket socket, String token) {
    try {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + token
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[1 << 16];
      int matched = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        for (int i = 0; i < read; i++) {
          // No beginning of the line repeats within it, so that a mismatch begins anew.
          matched =
              buffer[i] == JUDGEMENT[matched] ? matched + 1 : buffer[i] == JUDGEMENT[0] ? 1 : 0;
          if (matched == JUDGEMENT.length) {
            seen.incrementAndGet();
            matched = 0;
          }
        }
      }
    } catch (IOException e) {
      Thread.currentThread().interrupt(); // the load has ended and closed it
    }
  }

  private void judge(String token, long due, boolean counts) {
    try {
      HttpResponse<String> next = send(token, "GET", "/comparisons/next", null);
      if (next.statusCode() == 204) {
        none.incrementAndGet();
        return;
      }
      JsonObject question = new JsonObject(next.body());
      String id = UUID.randomUUID().toString();
      JsonObject judgement =
          new JsonObject()
              .put("judgementId", id)
              .put("comparisonId", question.getString("comparisonId"))
              .put("choice", "left")
              .put("swapped", question.getBoolean("swapped"))
              .put("millisecondsSpent", 3_000);
      if (send(token, "POST", "/judgements", judgement.encode()).statusCode() != 201) {
        failed.incrementAndGet();
        return;
      }
      acknowledged.add(id);
      ask(open.remove(question.getString("comparisonId")));
      if (counts) {
        times.add((System.nanoTime() - due) / MILLIS);
      }
    } catch (IOException e) {
      failed.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<String> send(String token, String method, String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url + "/api/v1" + path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static List<String> judged(KafkaConnection connection) throws Exception {
    List<String> ids = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          connection.topics().judgements(),
          connection.decoder(Judgement.class),
          (record, judgement) -> ids.add(judgement.getJudgementId()));
    }
    return ids;
  }

  private void report(List<String> judged) {
    List<Double> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    Set<String> distinct = new HashSet<>(judged);
    Set<String> lost = new HashSet<>(acknowledged);
    lost.removeAll(distinct);
    System.out.printf(
        Locale.ROOT,
        "%d people, %d requests/s for %d s, %d look on%n"
            + "next + submit: p50 %.1f ms, p99 %.1f ms, longest %.1f ms over %d%n"
            + "acknowledged %d, in the log %d, lost %d, twice %d; no question %d, failed %d%n"
            + "judgements seen by those who look on: %.1f %% of all%n",
        PEOPLE,
        2 * PAIRS_A_SECOND,
        SECONDS,
        VIEWERS,
        percentile(sorted, 0.5),
        percentile(sorted, 0.99),
        sorted.get(sorted.size() - 1),
        sorted.size(),
        acknowledged.size(),
        judged.size(),
        lost.size(),
        judged.size() - distinct.size(),
        none.get(),
        failed.get(),
        100.0 * seen.get() / VIEWERS / acknowledged.size());
  }

  private static double percentile(List<Double> sorted, double share) {
    return sorted.get((int) Math.min(sorted.size() - 1, Math.ceil(share * sorted.size()) - 1));
  }
}
