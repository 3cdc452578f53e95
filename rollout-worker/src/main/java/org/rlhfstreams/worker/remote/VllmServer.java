package org.rlhfstreams.worker.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A vLLM server from 0.32 on, by its routes for tokens in and tokens out and those of its
 * development mode. Redirects are not followed, since the secret would go along.
 */
final class VllmServer implements EngineServer {
  /** For questions that a well engine answers at once. */
  private static final Duration SHORT = Duration.ofSeconds(10);

  /** For a pause, which waits for the token at hand, and for weights to be read. */
  private static final Duration LONG = Duration.ofMinutes(5);

  private static final int THREADS = 2;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final URI address;
  private final EngineSecret secret;
  private final VllmAnswers answers;
  private final HttpClient client;
  private final Map<Long, CompletableFuture<?>> flying = new ConcurrentHashMap<>();
  private final AtomicLong sends = new AtomicLong();
  private volatile boolean closed;

  VllmServer(URI address, EngineSecret secret) {
    this.address = address;
    this.secret = secret;
    this.answers = new VllmAnswers(address());
    ThreadFactory daemons =
        runnable -> {
          Thread thread = new Thread(runnable, "engine-http");
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons);
    threads.allowCoreThreadTimeOut(true); // what is cancelled still tells those who wait
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(SHORT)
            .executor(threads)
            .build();
  }

  @Override
  public String address() {
    return address.getScheme() + "://" + address.getAuthority();
  }

  @Override
  public void requireHealthy() throws EngineProblem {
    HttpResponse<String> answer = await(get("/health"), SHORT);
    if (answer.statusCode() != 200) {
      throw new EngineProblem(
          EngineProblem.Kind.AWAY,
          address() + "/health answers " + answer.statusCode() + ": it has failed, or is starting");
    }
  }

  @Override
  public OptionalInt maxTokens() throws EngineProblem {
    HttpResponse<String> answer = await(get("/v1/models"), SHORT);
    if (answer.statusCode() != 200) {
      return OptionalInt.empty(); // one that takes tokens alone may not have this route
    }
    JsonNode room =
        answers.json(answer.body(), "/v1/models").path("data").path(0).path("max_model_len");
    return room.canConvertToInt() && room.intValue() > 0
        ? OptionalInt.of(room.intValue())
        : OptionalInt.empty();
  }

  @Override
  public boolean isPaused() throws EngineProblem {
    return answers.field(control(get("/is_paused"), SHORT), "is_paused").booleanValue();
  }

  @Override
  public void pause() throws EngineProblem {
    control(post("/pause?mode=keep&clear_cache=true", MAPPER.createObjectNode(), LONG), LONG);
  }

  @Override
  public void resume() throws EngineProblem {
    control(post("/resume", MAPPER.createObjectNode(), SHORT), SHORT);
  }

  @Override
  public String label() throws EngineProblem {
    return answers.field(control(get("/weight_info"), SHORT), "weight_version").asText();
  }

  @Override
  public void label(String name) throws EngineProblem {
    control(
        post("/update_weight_version", MAPPER.createObjectNode().put("new_version", name), SHORT),
        SHORT);
  }

  @Override
  public void load(Path directory) throws EngineProblem {
    ObjectNode call = MAPPER.createObjectNode().put("method", "reload_weights");
    call.putObject("kwargs").put("weights_path", directory.toString());
    control(post("/collective_rpc", call, LONG), LONG);
  }

  /** A call of the development mode, which has to succeed. */
  private JsonNode control(HttpRequest request, Duration longest) throws EngineProblem {
    HttpResponse<String> answer = await(request, longest);
    int status = answer.statusCode();
    String route = request.uri().getPath();
    if (status == 404 || status == 405) {
      throw new EngineProblem(
          EngineProblem.Kind.UNSUITED,
          String.format(
              Locale.ROOT,
              "%s has no %s: start it with VLLM_SERVER_DEV_MODE=1 in its environment, and vLLM 0.32 or newer; without it no weights can be given to it",
              address(),
              route));
    }
    if (status != 200) {
      throw answers.problem(answer, route);
    }
    String body = answer.body();
    return body.isBlank() ? MAPPER.createObjectNode() : answers.json(body, route);
  }

  @Override
  public CompletableFuture<EngineDraw> draw(DrawRequest asked) {
    HttpRequest request;
    try {
      request = post(VllmAnswers.GENERATE, body(asked), asked.longest());
    } catch (EngineProblem e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<HttpResponse<String>> sent = send(request);
    // A body that never ends is no concern of the request's own time-out.
    CompletableFuture<HttpResponse<String>> timely =
        sent.copy().orTimeout(asked.longest().toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<EngineDraw> draw =
        timely.handle(
            (answer, failure) -> {
              try {
                if (failure != null) {
                  throw unreached(unwrapped(failure), asked.longest());
                }
                return answers.draw(asked, answer);
              } catch (EngineProblem e) {
                throw new CompletionException(e);
              }
            });
    draw.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            sent.cancel(true); // hangs up if it is under way
          }
        });
    return draw;
  }

  private static ObjectNode body(DrawRequest asked) {
    ObjectNode body = MAPPER.createObjectNode();
    body.put("request_id", asked.id());
    ArrayNode ids = body.putArray("token_ids");
    for (int token : asked.prompt()) {
      ids.add(token);
    }
    // What other weights have left of a prompt is of no use, should the engine have kept it.
    body.put("cache_salt", asked.label());
    ObjectNode sampling = body.putObject("sampling_params");
    sampling
        .put("temperature", asked.sampling().temperature())
        .put("top_k", asked.sampling().topK())
        .put("top_p", asked.sampling().topP())
        .put("seed", asked.sampling().seed())
        .put("max_tokens", asked.sampling().maxNewTokens())
        .put("logprobs", 0)
        .put("ignore_eos", true)
        .put("detokenize", false);
    ArrayNode stops = sampling.putArray("stop_token_ids");
    asked.stopTokens().stream().sorted().forEach(stops::add);
    return body;
  }

  private HttpRequest get(String route) throws EngineProblem {
    return request(route, SHORT).GET().build();
  }

  private HttpRequest post(String route, ObjectNode body, Duration longest) throws EngineProblem {
    return request(route, longest)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
  }

  private HttpRequest.Builder request(String route, Duration longest) throws EngineProblem {
    HttpRequest.Builder builder = HttpRequest.newBuilder(address.resolve(route)).timeout(longest);
    secret.header().ifPresent(value -> builder.header("Authorization", value));
    return builder;
  }

  private HttpResponse<String> await(HttpRequest request, Duration longest) throws EngineProblem {
    CompletableFuture<HttpResponse<String>> sent = send(request);
    try {
      return sent.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unreached(unwrapped(e), longest);
    } catch (CancellationException | TimeoutException e) {
      throw unreached(e, longest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineProblem(EngineProblem.Kind.AWAY, "the worker is closing");
    } finally {
      sent.cancel(true); // does nothing to one that is done
    }
  }

  private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
    if (closed) {
      return CompletableFuture.failedFuture(new CancellationException());
    }
    CompletableFuture<HttpResponse<String>> sent =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    long number = sends.incrementAndGet();
    flying.put(number, sent);
    sent.whenComplete((answer, failure) -> flying.remove(number));
    if (closed) {
      sent.cancel(true);
    }
    return sent;
  }

  private static Throwable unwrapped(Throwable failure) {
    boolean wraps = failure instanceof CompletionException || failure instanceof ExecutionException;
    return wraps && failure.getCause() != null ? failure.getCause() : failure;
  }

  private EngineProblem unreached(Throwable cause, Duration longest) {
    if (cause instanceof EngineProblem problem) {
      return problem;
    }
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      return new EngineProblem(
          EngineProblem.Kind.AWAY,
          String.format(
              Locale.ROOT,
              "%s has not answered within %.1f s; rollout-worker.engine-timeout bounds a response",
              address(),
              longest.toMillis() / 1e3));
    }
    if (cause instanceof CancellationException) {
      return new EngineProblem(EngineProblem.Kind.AWAY, "the worker is closing");
    }
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new EngineProblem(
        cause instanceof IOException ? EngineProblem.Kind.AWAY : EngineProblem.Kind.BROKEN,
        address() + " cannot be reached: " + why);
  }

  @Override
  public void close() {
    closed = true;
    flying.values().forEach(sent -> sent.cancel(true));
  }
}
