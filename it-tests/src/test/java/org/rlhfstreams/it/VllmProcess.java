package org.rlhfstreams.it;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real vLLM server on loopback and on the processor, as docs/engines.md says it is started. */
final class VllmProcess implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofMinutes(8);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final Path log;
  private Process process;

  /**
   * @param log where it writes
   */
  VllmProcess(Path log) throws IOException {
    this.log = log;
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
  }

  /** Where it is installed, if it is. */
  static Path directory() {
    return Path.of(System.getProperty("vllm.directory", "target/vllm")).toAbsolutePath();
  }

  static boolean isInstalled() {
    return Files.exists(directory().resolve("installed-0.32.0"));
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Starts it, without waiting. */
  void start(Path model, int concurrency) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                directory().resolve("bin").resolve("python").toString(),
                "-m",
                "vllm.entrypoints.openai.api_server",
                "--model",
                model.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--served-model-name",
                "policy",
                "--dtype",
                "float32",
                "--enforce-eager",
                "--logprobs-mode",
                "processed_logprobs",
                "--tokens-only",
                "--generation-config",
                "vllm",
                "--no-enable-chunked-prefill",
                "--max-num-seqs",
                String.valueOf(concurrency + 1)));
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
    File file = log.toFile();
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(file))
            .start();
  }

  /** Waits until it answers. */
  void awaitHealth() {
    await("vLLM answers; its log is " + log)
        .atMost(LONGEST_START)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("vLLM has ended: " + Files.readString(log));
              }
              return isHealthy();
            });
  }

  private boolean isHealthy() throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url() + "/health"))
              .timeout(Duration.ofSeconds(2))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it and all that it has started. */
  void kill() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The end of what it has written. */
  String tail() {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - 3000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
