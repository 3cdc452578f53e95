package org.rlhfstreams.worker.remote;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.RolloutWorkerConfiguration;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.engine.SamplingEngine;

/** An engine on a server beside the worker, and all that keeps it at the newest policy. */
public final class EngineBeside implements AutoCloseable {
  /** After so long without an engine its worker leaves what it has to others. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Path MEMORY = Path.of("/dev/shm");

  private final EngineServer server;
  private final EngineKeeper keeper;
  private final RemoteEngine.Limits limits;
  private final EngineMeters meters;

  EngineBeside(
      EngineServer server, EngineKeeper keeper, RemoteEngine.Limits limits, EngineMeters meters) {
    this.server = server;
    this.keeper = keeper;
    this.limits = limits;
    this.meters = meters;
    meters.show(keeper);
  }

  /**
   * Starts to look after the engine at {@code rollout-worker.engine-url}.
   *
   * @param type that the proof computes in
   * @param source of the policy's versions
   * @throws ConfigurationException as {@link #require}
   */
  public static EngineBeside start(
      RlhfConfiguration configuration,
      ModelDirectory model,
      ComputeType type,
      WeightSource source,
      MeterRegistry registry) {
    RolloutWorkerConfiguration settings = configuration.rolloutWorker();
    EngineServer server = new VllmServer(address(settings), EngineSecret.of(settings));
    EngineMeters meters = new EngineMeters(registry);
    EngineKeeper keeper =
        EngineKeeper.start(
            server,
            source,
            () -> new ForwardProof(model, type),
            new EngineImage(model, directory(settings)),
            pauses(),
            meters);
    return new EngineBeside(
        server,
        keeper,
        new RemoteEngine.Limits(
            settings.engineConcurrency(),
            model.configuration().maxPositions(),
            model.configuration().vocabularySize(),
            model.stopTokens(),
            settings.engineTimeout()),
        meters);
  }

  private static Backoff pauses() {
    return new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  }

  /**
   * Checks what settings tell.
   *
   * @throws ConfigurationException naming the setting and what to do
   */
  public static void require(RlhfConfiguration configuration) {
    RolloutWorkerConfiguration settings = configuration.rolloutWorker();
    address(settings);
    EngineSecret.of(settings);
    if (configuration.sampling().topK() > 0 || configuration.sampling().topP() < 1) {
      throw new ConfigurationException(
          "sampling.top-k = "
              + configuration.sampling().topK()
              + " and sampling.top-p = "
              + configuration.sampling().topP()
              + " narrow the distribution that tokens are drawn from, and of that alone an engine"
              + " gives log-probabilities: set them to 0 and 1, or rollout-worker.engine = decoder");
    }
  }

  /**
   * What the server has to be started with: the policy, or the copy of it that is written when the
   * worker starts.
   *
   * @throws ConfigurationException as {@link #require}
   */
  public static Path served(RlhfConfiguration configuration) {
    return new EngineImage(
            ModelDirectory.open(configuration.model().requiredPolicy()),
            directory(configuration.rolloutWorker()))
        .start();
  }

  private static URI address(RolloutWorkerConfiguration settings) {
    String text =
        settings
            .engineUrl()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "rollout-worker.engine = vllm needs rollout-worker.engine-url, such as"
                            + " http://127.0.0.1:8000"));
    try {
      URI address = new URI(text);
      boolean known = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (known && address.getHost() != null && address.getUserInfo() == null) {
        return address.resolve("/");
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new ConfigurationException(
        "rollout-worker.engine-url = "
            + text
            + " is none that an engine can be asked at: expected one such as http://127.0.0.1:8000");
  }

  /** Where versions are written for the engine: in memory, if the machine has such a place. */
  static Path directory(RolloutWorkerConfiguration settings) {
    return settings
        .engineDirectory()
        .orElseGet(
            () -> {
              Path place =
                  Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
              return place.resolve("rlhf-engine-" + address(settings).getPort());
            });
  }

  /** One that samples on it; the caller's to close. */
  public SamplingEngine engine() {
    return new RemoteEngine(server, keeper, limits, pauses(), meters);
  }

  /**
   * Whether it can be used at the moment.
   *
   * @throws RuntimeException if it is given up
   */
  public boolean isUsable() {
    keeper.requireKept();
    return keeper.trouble().isEmpty();
  }

  /** Why it cannot be used at the moment, if it cannot. */
  public Optional<String> unready() {
    return keeper.trouble();
  }

  /** Whether it could not be used for so long that others should have what waits for it. */
  public boolean isGone() {
    return keeper.troubled().compareTo(PATIENCE) > 0;
  }

  /** Completes when it is closed; exceptionally if the engine is given up. */
  public CompletableFuture<Void> ended() {
    return keeper.ended();
  }

  @Override
  public void close() {
    keeper.close();
  }
}
