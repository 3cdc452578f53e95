package org.rlhfstreams.worker.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on loopback with the routes of a vLLM server that a worker uses, which fails as a test
 * says. It stands in for what a real one cannot be made to do.
 */
public final class EngineStub implements AutoCloseable {
  static final String GENERATE = "/inference/v1/generate";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What it answers. */
  record Answer(int status, String body, Map<String, String> headers) {
    static Answer of(int status, String body) {
      return new Answer(status, body, Map.of());
    }
  }

  /** Draws tokens. */
  public interface Drawing {
    /**
     * Draws a response.
     *
     * @param body of the request
     * @return ids of tokens and their log-probabilities, in a line each
     */
    Drawn draw(JsonNode body) throws Exception;
  }

  /** What was drawn. */
  public record Drawn(int[] tokens, float[] logProbabilities, boolean stopped) {}

  /** Takes the place of its own answer to a request for a response. */
  interface Mishap {
    /**
     * What goes wrong.
     *
     * @param n which request for a response of a rollout it is, counted from 0
     * @return empty if nothing does; null closes the connection
     */
    Optional<Answer> answer(int n, JsonNode body) throws Exception;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Drawing drawing;
  private final Object holding = new Object();
  private final AtomicInteger drawn = new AtomicInteger();
  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<Path> loaded = new CopyOnWriteArrayList<>();
  private final Set<String> missing = ConcurrentHashMap.newKeySet();
  private final Map<String, Answer> always = new ConcurrentHashMap<>();
  private volatile Mishap mishap = (n, body) -> Optional.empty();
  private volatile String label = "default";
  private volatile boolean paused;

  /** Starts one on a free port that draws token 7 with log-probability -1. */
  EngineStub() {
    this(0);
  }

  /** The same on a port. */
  EngineStub(int port) {
    this(
        port,
        body -> {
          int length = body.at("/sampling_params/max_tokens").asInt();
          int[] tokens = new int[length];
          float[] values = new float[length];
          Arrays.fill(tokens, 7);
          Arrays.fill(values, -1);
          return new Drawn(tokens, values, false);
        });
  }

  /** Starts one. */
  public EngineStub(int port, Drawing drawing) {
    this.drawing = drawing;
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Its address. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What goes wrong from now on. */
  void mishap(Mishap what) {
    mishap = what;
  }

  /** A route that it does not have. */
  void lacks(String route) {
    missing.add(route);
  }

  /** What a route answers from now on. */
  void always(String route, Answer answer) {
    always.put(route, answer);
  }

  /** As after a restart: it has the weights that it was started with. */
  public void restart() {
    label = "default";
    loaded.clear();
    hold(false);
  }

  /** Left as a worker that was killed in the middle of a swap leaves it. */
  void leavePaused() {
    hold(true);
  }

  private void hold(boolean held) {
    synchronized (holding) {
      paused = held;
      holding.notifyAll();
    }
  }

  boolean isPaused() {
    return paused;
  }

  String label() {
    return label;
  }

  /** Requests for responses of rollouts. */
  List<JsonNode> asked() {
    return List.copyOf(asked);
  }

  /** Control routes that were called, in their order. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  /** Directories that it has read. */
  public List<Path> loaded() {
    return List.copyOf(loaded);
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      String route = exchange.getRequestURI().getPath();
      String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Answer answer =
          answer(route, text.isEmpty() ? MAPPER.createObjectNode() : MAPPER.readTree(text));
      if (answer == null) {
        return; // the connection closes without an answer
      }
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(bytes);
        }
      }
    } catch (Exception e) {
      // whoever asked has hung up, or is to believe that the server has
    }
  }

  private Answer answer(String route, JsonNode body) throws Exception {
    if (missing.contains(route)) {
      return Answer.of(404, "{\"detail\":\"Not Found\"}");
    }
    Answer fixed = always.get(route);
    if (fixed != null) {
      return fixed;
    }
    if (route.equals(GENERATE)) {
      return generate(body);
    }
    calls.add(route);
    return switch (route) {
      case "/health" -> Answer.of(200, "");
      case "/v1/models" -> Answer.of(200, "{\"data\":[{\"id\":\"policy\",\"max_model_len\":512}]}");
      case "/is_paused" -> Answer.of(200, "{\"is_paused\":" + paused + "}");
      case "/weight_info" -> Answer.of(200, "{\"weight_version\":\"" + label + "\"}");
      case "/pause" -> {
        hold(true);
        yield Answer.of(200, "{\"status\":\"paused\"}");
      }
      case "/resume" -> {
        hold(false);
        yield Answer.of(200, "{\"status\":\"resumed\"}");
      }
      case "/update_weight_version" -> {
        label = body.get("new_version").asText();
        yield Answer.of(200, "{\"success\":true}");
      }
      case "/collective_rpc" -> {
        loaded.add(Path.of(body.at("/kwargs/weights_path").asText()));
        yield Answer.of(200, "{\"results\":[null]}");
      }
      default -> Answer.of(404, "{}");
    };
  }

  private Answer generate(JsonNode body) throws Exception {
    boolean ofRollout = body.get("request_id").asText().contains("/");
    if (ofRollout) {
      asked.add(body);
      Optional<Answer> wrong = mishap.answer(drawn.getAndIncrement(), body);
      if (wrong == null || wrong.isPresent()) {
        return wrong == null ? null : wrong.get();
      }
    }
    synchronized (holding) {
      while (paused) {
        holding.wait();
      }
      return Answer.of(200, response(drawing.draw(body), label).toString());
    }
  }

  /** An answer whose tokens were drawn by weights of some names, in equal parts. */
  static ObjectNode response(Drawn what, String... labels) {
    ObjectNode answer = MAPPER.createObjectNode();
    ObjectNode choice = answer.putArray("choices").addObject();
    ArrayNode ids = choice.putArray("token_ids");
    ArrayNode content = choice.putObject("logprobs").putArray("content");
    int length = what.tokens().length;
    for (int i = 0; i < length; i++) {
      ids.add(what.tokens()[i]);
      content
          .addObject()
          .put("token_id", what.tokens()[i])
          .put("logprob", what.logProbabilities()[i]);
    }
    choice.put("finish_reason", what.stopped() ? "stop" : "length");
    ArrayNode versions = choice.putArray("weight_versions");
    for (int i = 0; i < labels.length; i++) {
      versions
          .addObject()
          .put("version", labels[i])
          .put("start", i * length / labels.length)
          .put("end", (i + 1) * length / labels.length);
    }
    return answer;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
