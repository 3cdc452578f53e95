package org.rlhfstreams.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.http.ScoreProtocol;
import org.rlhfstreams.scorers.kinds.ScorerKinds;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;

/**
 * Rollouts a second and core of the rules, on responses of some 600 characters, and of an HTTP
 * scorer whose service answers one rollout after 300 ms, 32 requests at once.
 */
public final class ScorerSpeed {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int BATCH = 64;
  private static final int RESPONSES = 4_096;
  private static final int ROUNDS = 3;
  private static final long ROUND_NANOS = 1_000_000_000L;
  private static final int LATENCY_MILLIS = 300;
  private static final int CONCURRENCY = 32;
  private static final int REMOTE = 20 * CONCURRENCY;

  private ScorerSpeed() {}

  /** Prints a line for each scorer. */
  public static void main(String[] arguments) throws IOException {
    List<ScorerInput> inputs = IntStream.range(0, RESPONSES).mapToObj(ScorerSpeed::input).toList();
    rule("exact", Map.of("after", "answer is ", "ignore-punctuation", "true"), inputs);
    rule("contains", Map.of(), inputs);
    rule("regex", Map.of("pattern", "answer is (-?[0-9]+)\\.$", "field", "answer"), inputs);
    rule("math", Map.of(), inputs);
    rule("length", Map.of("minimum", "10", "maximum", "200"), inputs);
    rule("repetition", Map.of(), inputs);
    rule("json-schema", Map.of("schema", "{\"type\": \"object\"}"), inputs);
    rule("language", Map.of("language", "en"), inputs);
    remote(inputs.subList(0, REMOTE));
    System.exit(0);
  }

  private static ScorerInput input(int i) {
    String reasoning =
        String.format(
            Locale.ROOT,
            "There are %d boxes with %d apples each, so we multiply them: %d * %d = %d. ",
            i,
            7,
            i,
            7,
            7 * i);
    String response = reasoning.repeat(7) + "The answer is " + 7 * i + ".";
    return new ScorerInput(
        "q" + i + "/0/0",
        "q" + i + "/0",
        "How many?",
        List.of(),
        response,
        150,
        false,
        Map.of("answer", Integer.toString(7 * i)));
  }

  private static void rule(String kind, Map<String, String> settings, List<ScorerInput> inputs) {
    try (Scorer scorer = ScorerKinds.create(kind, settings)) {
      round(scorer, inputs); // the compilers' own
      double best = 0;
      for (int i = 0; i < ROUNDS; i++) {
        best = Math.max(best, round(scorer, inputs));
      }
      System.out.printf(Locale.ROOT, "%-12s %,10.0f rollouts/s and core%n", kind, best);
    }
  }

  /** Rollouts for each second of processor time, so that what else runs makes little difference. */
  private static double round(Scorer scorer, List<ScorerInput> inputs) {
    long begin = THREADS.getCurrentThreadCpuTime();
    long took = 0;
    long scored = 0;
    for (int at = 0; took < ROUND_NANOS; at = (at + BATCH) % RESPONSES) {
      for (ScorerResult result : scorer.score(inputs.subList(at, at + BATCH))) {
        scored += result instanceof ScoreValue ? 1 : 0;
      }
      took = THREADS.getCurrentThreadCpuTime() - begin;
    }
    return scored / (took / 1e9);
  }

  private static void remote(List<ScorerInput> inputs) throws IOException {
    // Java's own server would hold each answer back for 40 ms, until the client confirms its
    // headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2 * CONCURRENCY);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          threads.schedule(() -> answer(exchange, body), LATENCY_MILLIS, TimeUnit.MILLISECONDS);
        });
    server.start();
    try (Scorer scorer =
        ScorerKinds.create(
            "http",
            Map.of(
                "url",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                "batch-size",
                "1",
                "concurrency",
                Integer.toString(CONCURRENCY)))) {
      scorer.score(inputs.subList(0, CONCURRENCY)); // connections
      long begin = System.nanoTime();
      long scored = scorer.score(inputs).stream().filter(ScoreValue.class::isInstance).count();
      double rate = scored / ((System.nanoTime() - begin) / 1e9);
      System.out.printf(
          Locale.ROOT,
          "%-12s %,10.1f rollouts/s of at most %.1f (%d ms, %d at once, %d of %d scored)%n",
          "http",
          rate,
          CONCURRENCY * 1e3 / LATENCY_MILLIS,
          LATENCY_MILLIS,
          CONCURRENCY,
          scored,
          inputs.size());
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private static void answer(HttpExchange exchange, String body) {
    try (exchange) {
      List<ScorerInput> batch = ScoreProtocol.inputs(body);
      List<ScorerResult> results = new ArrayList<>();
      batch.forEach(input -> results.add(ScorerResult.value(1)));
      byte[] bytes = ScoreProtocol.answer(batch, results).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException | UnusableAnswerException e) {
      System.err.println("the service fails: " + e);
    }
  }
}
