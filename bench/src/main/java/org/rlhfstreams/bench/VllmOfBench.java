package org.rlhfstreams.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A vLLM server on loopback, started as docs/engines.md says, and what is asked of it directly. */
final class VllmOfBench implements AutoCloseable {
  private static final String GENERATE = "/inference/v1/generate";
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private Process process;

  /**
   * What is asked for in one call.
   *
   * @param id of the request
   * @param tokens drawn, whatever they are
   */
  record Call(String id, List<Integer> prompt, int tokens) {
    String body(boolean stream) {
      return String.format(
          Locale.ROOT,
          "{\"request_id\":\"%s\",\"token_ids\":%s,\"stream\":%s,\"cache_salt\":\"%s\","
              + "\"sampling_params\":{\"temperature\":1.0,\"top_k\":0,\"top_p\":1.0,\"seed\":0,"
              + "\"max_tokens\":%d,\"logprobs\":0,\"ignore_eos\":true,\"detokenize\":false}}",
          id,
          prompt,
          stream,
          id,
          tokens);
    }
  }

  VllmOfBench() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @param directory that vLLM is installed in
   * @param responses side by side
   * @param log that it writes to
   */
  void start(Path directory, Path model, int responses, Path log) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of(
                        directory.resolve("bin").resolve("python").toAbsolutePath().toString(),
                        "-m",
                        "vllm.entrypoints.openai.api_server",
                        "--model",
                        model.toString(),
                        "--port",
                        String.valueOf(port),
                        "--max-num-seqs",
                        String.valueOf(responses)),
                    Stream.of(
                        ("--host 127.0.0.1 --served-model-name policy --dtype float32"
                                + " --enforce-eager --logprobs-mode processed_logprobs"
                                + " --tokens-only --generation-config vllm"
                                + " --no-enable-chunked-prefill --disable-uvicorn-access-log")
                            .split(" ")))
                .toList());
    builder
        .environment()
        .putAll(
            Map.of(
                "VLLM_SERVER_DEV_MODE", "1",
                "VLLM_CPU_KVCACHE_SPACE", "1",
                "VLLM_CPU_OMP_THREADS_BIND",
                    "0-" + (Runtime.getRuntime().availableProcessors() - 1),
                "HF_HUB_OFFLINE", "1",
                "TRANSFORMERS_OFFLINE", "1",
                "VLLM_NO_USAGE_STATS", "1"));
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long until = System.nanoTime() + LONGEST.toNanos();
    while (!isHealthy()) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException("vLLM did not start: " + Files.readString(log));
      }
      Thread.sleep(250);
    }
  }

  private boolean isHealthy() throws InterruptedException {
    try {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create(url() + "/health"))
                      .timeout(Duration.ofSeconds(2))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Makes calls, some of them side by side.
   *
   * @return how long they took, in seconds
   */
  double call(List<Call> calls, int inFlight) throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(inFlight);
    try {
      long begun = System.nanoTime();
      List<Future<?>> answers = new ArrayList<>();
      for (Call call : calls) {
        answers.add(
            callers.submit(
                () -> {
                  String body = client.send(post(call, false), ofString()).body();
                  if (!body.contains("\"length\"")) {
                    throw new IOException("vLLM answers " + body);
                  }
                  return null;
                }));
      }
      for (Future<?> answer : answers) {
        answer.get();
      }
      return (System.nanoTime() - begun) / 1e9;
    } finally {
      callers.shutdownNow();
    }
  }

  /** The tokens of a call as they come. */
  Stream<String> stream(Call call) throws IOException, InterruptedException {
    HttpResponse<Stream<String>> answer =
        client.send(post(call, true), HttpResponse.BodyHandlers.ofLines());
    if (answer.statusCode() != 200) {
      throw new IOException("vLLM answers " + String.join("\n", answer.body().toList()));
    }
    return answer.body().filter(line -> line.startsWith("data: {"));
  }

  private static HttpResponse.BodyHandler<String> ofString() {
    return HttpResponse.BodyHandlers.ofString();
  }

  private HttpRequest post(Call call, boolean stream) {
    return HttpRequest.newBuilder(URI.create(url() + GENERATE))
        .header("Content-Type", "application/json")
        .timeout(LONGEST)
        .POST(HttpRequest.BodyPublishers.ofString(call.body(stream)))
        .build();
  }

  @Override
  public void close() {
    if (process == null) {
      return;
    }
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
