package org.rlhfstreams.worker.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an engine at the newest version of the policy: looks whether it is there and well, gives it
 * each version, and proves that it computes with it. Every name that an engine has for its weights
 * is given before they are read and never again, so that no token is taken for one of weights that
 * were not proven, whatever has failed in between, restarts of either side included.
 *
 * <p>An engine whose proof has failed three times in a row is given up: only its own restart can
 * help. Whatever else happens is waited for, with growing pauses. Safe for many threads.
 */
final class EngineKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineKeeper.class);
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final long HEALTH_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int PROOFS = 3;
  private static final int KEPT_NAMES = 10_000; // no response sees so many

  private final EngineServer server;
  private final WeightSource source;
  private final Supplier<WeightProof> proofs;
  private final EngineImage image;
  private final Backoff backoff;
  private final EngineMeters meters;
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final Map<String, Standing> standings =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Standing> eldest) {
              return size() > KEPT_NAMES;
            }
          });
  private final ServiceThread thread;
  private volatile Proven proven;
  private volatile String trouble = "the engine has not been asked yet";
  private volatile long troubleSince = System.nanoTime();
  private volatile boolean suspected;
  private volatile OptionalInt maxTokens = OptionalInt.empty();
  private WeightProof proof;
  private Written written;
  private WeightVersion refused;
  private int names;
  private int failedProofs;
  private boolean connected;
  private long lookedAt;

  /** What is known of a name that was given to an engine's weights. */
  enum Verdict {
    PENDING,
    PROVEN,
    DISPROVEN
  }

  private record Standing(WeightVersion version, Verdict verdict) {}

  /** What an engine computes with. */
  record Proven(WeightVersion version, String label) {}

  private record Written(WeightVersion version, Path path) {}

  private EngineKeeper(
      EngineServer server,
      WeightSource source,
      Supplier<WeightProof> proofs,
      EngineImage image,
      Backoff backoff,
      EngineMeters meters) {
    this.server = server;
    this.source = source;
    this.proofs = proofs;
    this.image = image;
    this.backoff = backoff;
    this.meters = meters;
    this.thread = ServiceThread.start("engine-keeper", ShutdownBudget.ENGINE, this::keep);
  }

  /**
   * Starts to look after an engine.
   *
   * @param server closed here
   * @param source of the policy's versions
   * @param proofs makes the proof, on the keeper's thread
   * @param backoff between two attempts
   */
  static EngineKeeper start(
      EngineServer server,
      WeightSource source,
      Supplier<WeightProof> proofs,
      EngineImage image,
      Backoff backoff,
      EngineMeters meters) {
    return new EngineKeeper(server, source, proofs, image, backoff, meters);
  }

  /** What the engine computes with; empty while it cannot be used. */
  Optional<Proven> proven() {
    return Optional.ofNullable(proven);
  }

  /** Why it cannot be used, if it cannot. */
  Optional<String> trouble() {
    return proven == null ? Optional.of(trouble) : Optional.empty();
  }

  /** For how long it has not been usable; zero if it is. */
  Duration troubled() {
    return proven == null ? Duration.ofNanos(System.nanoTime() - troubleSince) : Duration.ZERO;
  }

  /** What is known of a name; that of another run or another worker is disproven. */
  Verdict verdict(String label) {
    Standing standing = standings.get(label);
    return standing == null ? Verdict.DISPROVEN : standing.verdict();
  }

  /** The version that a proven name stands for. */
  WeightVersion version(String label) {
    return standings.get(label).version();
  }

  /** Tokens of prompt and response together that it has room for, if it says so. */
  OptionalInt maxTokens() {
    return maxTokens;
  }

  /** Something was odd: whether it is well is looked at now. */
  void suspect() {
    suspected = true;
  }

  /** Completes when it is closed; exceptionally if the engine is given up. */
  CompletableFuture<Void> ended() {
    return thread.ended();
  }

  /**
   * Does nothing while the engine is looked after.
   *
   * @throws RuntimeException whatever has ended that
   */
  void requireKept() {
    if (thread.ended().isCompletedExceptionally()) {
      try {
        thread.ended().join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw e;
      }
    }
  }

  private void keep(BooleanSupplier stopped) {
    try {
      image.begin();
      LOG.info("engine {}: to be started with the model {}", server.address(), image.start());
      proof = proofs.get();
      while (!stopped.getAsBoolean()) {
        try {
          attend();
          Pause.of(LOOK, () -> suspected || stopped.getAsBoolean());
        } catch (EngineProblem e) {
          lose(e.getMessage());
          Pause.of(backoff.next(e.pause()), stopped);
        }
      }
    } finally {
      proven = null;
      if (proof != null) {
        proof.close();
      }
      image.clear();
    }
  }

  private void lose(String reason) {
    if (proven != null) {
      troubleSince = System.nanoTime();
    }
    proven = null;
    connected = false;
    if (!reason.equals(trouble)) {
      LOG.warn("engine not usable: {}", reason);
    }
    trouble = reason;
  }

  /** Does what is to be done next. */
  private void attend() throws EngineProblem {
    if (!connected) {
      connect();
    }
    if (isSwapDue()) {
      swap();
    } else if (proven != null && (suspected || System.nanoTime() - lookedAt > HEALTH_NANOS)) {
      look();
    } else if (proven == null && written == null) {
      trouble = "no policy weights have arrived yet";
    }
  }

  /** Whatever it computes with so far gets a name of its own, and is not taken for the policy. */
  private void connect() throws EngineProblem {
    server.requireHealthy();
    server.label(name(null));
    if (server.isPaused()) {
      server.resume();
    }
    requireVocabulary();
    maxTokens = server.maxTokens();
    connected = true;
    suspected = false;
    lookedAt = System.nanoTime();
  }

  private void requireVocabulary() throws EngineProblem {
    String id = run + "-vocabulary-" + names;
    try {
      draw(proof.question(id, id));
    } catch (EngineProblem e) {
      if (e.kind() == EngineProblem.Kind.REFUSED) {
        throw new EngineProblem(
            EngineProblem.Kind.UNSUITED,
            "it does not take a prompt with every kind of token of model.policy: start it with the model "
                + image.start()
                + ". "
                + e.getMessage());
      }
      throw e;
    }
  }

  private void look() throws EngineProblem {
    boolean asks = suspected;
    suspected = false;
    lookedAt = System.nanoTime();
    server.requireHealthy();
    String label = server.label();
    if (!label.equals(proven.label())) {
      throw new EngineProblem(
          EngineProblem.Kind.BROKEN,
          "it has other weights than it was given (\""
              + label
              + "\"): it was restarted, or another worker uses it; it gets them again");
    }
    if (asks) {
      prove(label, proof.question(run + "-look-" + names++, label));
    }
    backoff.reset();
  }

  private boolean isSwapDue() {
    Optional<WeightVersion> newest = wanted();
    return proven == null
        ? newest.isPresent() || written != null
        : newest.filter(version -> WeightVersions.isNewer(version, proven.version())).isPresent();
  }

  private Optional<WeightVersion> wanted() {
    return source.newest().filter(version -> !version.equals(refused));
  }

  private void swap() throws EngineProblem {
    boolean another = prepare();
    if (!another && (written == null || proven != null)) {
      return;
    }
    WeightVersion version = written.version();
    String label = name(version);
    long begun = System.nanoTime();
    long resumed;
    try {
      server.pause();
      // Before the weights: what is drawn with half of them is not taken for the version before.
      server.label(label);
      load(label);
      server.resume();
      resumed = System.nanoTime();
      prove(label, proof.question(run + "-proof-" + label, label));
    } catch (EngineProblem e) {
      standings.put(label, new Standing(version, Verdict.DISPROVEN));
      throw e;
    }
    standings.put(label, new Standing(version, Verdict.PROVEN));
    proven = new Proven(version, label);
    failedProofs = 0;
    suspected = false;
    lookedAt = System.nanoTime();
    backoff.reset();
    image.keepOnly(written.path());
    meters.swapped(Duration.ofNanos(resumed - begun), Duration.ofNanos(lookedAt - begun));
    LOG.info(
        "engine {} at policy {}: held for {} ms, proven after {} ms",
        server.address(),
        WeightVersions.text(version),
        (resumed - begun) / 1_000_000,
        (lookedAt - begun) / 1_000_000);
  }

  /**
   * Writes the newest version where the engine reads it.
   *
   * @return whether another one is written than before
   */
  private boolean prepare() {
    Optional<WeightLease> lease =
        wanted()
            .filter(newest -> written == null || !newest.equals(written.version()))
            .flatMap(newest -> source.lease());
    if (lease.isEmpty()) {
      return false;
    }
    try (WeightLease weights = lease.get()) {
      if (written != null && weights.version().equals(written.version())) {
        return false;
      }
      try {
        // First, for it refuses what is not finite, which would spoil an engine for good.
        proof.take(weights);
      } catch (ModelException e) {
        refused = weights.version();
        LOG.error("policy version {} is refused: {}", WeightVersions.text(refused), e.getMessage());
        return false;
      }
      written = new Written(weights.version(), image.write(weights));
      return true;
    }
  }

  private void load(String label) throws EngineProblem {
    try {
      server.load(written.path());
    } catch (EngineProblem e) {
      if (e.kind() == EngineProblem.Kind.BROKEN || e.kind() == EngineProblem.Kind.REFUSED) {
        disprove(label, "it cannot read " + written.path() + ": " + e.getMessage());
      }
      throw e;
    }
  }

  private void prove(String label, DrawRequest question) throws EngineProblem {
    Optional<String> difference = difference(question, draw(question));
    if (difference.isPresent()) {
      disprove(label, difference.get());
    }
  }

  private Optional<String> difference(DrawRequest asked, EngineDraw drawn) {
    for (EngineDraw.Labelled part : drawn.labels()) {
      if (!part.label().equals(asked.label())) {
        return Optional.of(
            "it draws with \""
                + part.label()
                + "\" what it was given as \""
                + asked.label()
                + "\"");
      }
    }
    return proof.difference(drawn);
  }

  private void disprove(String label, String difference) throws EngineProblem {
    standings.computeIfPresent(
        label, (name, standing) -> new Standing(standing.version(), Verdict.DISPROVEN));
    failedProofs++;
    String said =
        String.format(
            Locale.ROOT,
            "the engine at %s is not used: %s. It was asked %d of %d times; start it with the model %s",
            server.address(),
            difference,
            failedProofs,
            PROOFS,
            image.start());
    if (failedProofs >= PROOFS) {
      throw new EngineException(said + ", then this worker");
    }
    throw new EngineProblem(EngineProblem.Kind.BROKEN, said);
  }

  /** A name that no weights of any engine have had. */
  private String name(WeightVersion version) {
    String label =
        (version == null ? "unknown" : WeightVersions.text(version)) + "-" + run + "-" + names++;
    if (version != null) {
      standings.put(label, new Standing(version, Verdict.PENDING));
    }
    return label;
  }

  private EngineDraw draw(DrawRequest question) throws EngineProblem {
    CompletableFuture<EngineDraw> drawing = server.draw(question);
    try {
      return drawing.get(question.longest().toMillis(), TimeUnit.MILLISECONDS);
    } catch (CancellationException e) {
      throw new EngineProblem(EngineProblem.Kind.AWAY, "the worker is closing");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EngineProblem problem) {
        throw problem;
      }
      throw new EngineProblem(EngineProblem.Kind.BROKEN, "it cannot be asked: " + e.getCause());
    } catch (TimeoutException e) {
      throw new EngineProblem(
          EngineProblem.Kind.AWAY,
          server.address() + " has not answered a short question within " + question.longest());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineProblem(EngineProblem.Kind.AWAY, "the worker is closing");
    } finally {
      drawing.cancel(true);
    }
  }

  @Override
  public void close() {
    thread.stop();
    server.close();
    thread.close();
  }
}
