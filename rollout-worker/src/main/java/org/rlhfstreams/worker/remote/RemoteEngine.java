package org.rlhfstreams.worker.remote;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.engine.SamplingEngine;

/**
 * Samples on a server beside the worker. Each response is a request of its own; its answer counts
 * once every version that drew a token of it is proven ({@link EngineKeeper}). One that fails, or
 * that other weights have drawn, goes back to the head of the queue and is asked for again, with
 * its own seed: nothing is lost, and nothing counts twice. After a failure there is a pause that
 * grows, then one request at a time until one is answered. One thread.
 */
final class RemoteEngine implements SamplingEngine {
  private static final long LOOK_MILLIS = 5;

  /** A request that fails so often, while nothing else is wrong with the engine, is refused. */
  private static final int ATTEMPTS = 5;

  private final EngineServer server;
  private final EngineKeeper keeper;
  private final Limits limits;
  private final Backoff backoff;
  private final EngineMeters meters;
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final Deque<GenerationRequest> waiting = new ArrayDeque<>();
  private final IdentityHashMap<GenerationRequest, Flight> flying = new IdentityHashMap<>();
  private final IdentityHashMap<GenerationRequest, Failures> failures = new IdentityHashMap<>();
  private final BlockingQueue<Landing> landings = new LinkedBlockingQueue<>();
  private WeightVersion version;
  private long mayAskAt = System.nanoTime();
  private long pauseNanos;
  private long failedAt;
  private long asked;
  private long tokensDrawn;

  /**
   * What it may ask for.
   *
   * @param slots responses at once
   * @param maxTokens of prompt and response together
   * @param vocabulary tokens that the model has
   * @param stopTokens that end a response
   * @param longest that a response may take
   */
  record Limits(
      int slots, int maxTokens, int vocabulary, Set<Integer> stopTokens, Duration longest) {}

  /** A response that was asked for; drawn, once it is. */
  private static final class Flight {
    private final GenerationRequest request;
    private final EngineKeeper.Proven begunWith;
    private final long askedAt = System.nanoTime();
    private CompletableFuture<EngineDraw> draw;
    private Optional<EngineDraw> drawn = Optional.empty();

    Flight(GenerationRequest request, EngineKeeper.Proven begunWith) {
      this.request = request;
      this.begunWith = begunWith;
    }
  }

  private record Landing(Flight flight, EngineDraw drawn, Throwable failure) {}

  /**
   * How often a response has failed with the same weights.
   *
   * @param label of those
   */
  private record Failures(String label, int count) {}

  /**
   * @param keeper of the engine; not closed here
   * @param backoff between attempts that fail
   */
  RemoteEngine(
      EngineServer server,
      EngineKeeper keeper,
      Limits limits,
      Backoff backoff,
      EngineMeters meters) {
    this.server = server;
    this.keeper = keeper;
    this.limits = limits;
    this.backoff = backoff;
    this.meters = meters;
  }

  @Override
  public int slots() {
    return limits.slots();
  }

  @Override
  public Optional<WeightVersion> version() {
    return Optional.ofNullable(version);
  }

  @Override
  public Optional<WeightVersion> oldestInUse() {
    return flying.values().stream()
        .map(flight -> flight.begunWith.version())
        .min(WeightVersions.ORDER);
  }

  @Override
  public boolean refresh() {
    keeper.requireKept();
    Optional<WeightVersion> newest = keeper.proven().map(EngineKeeper.Proven::version);
    if (newest.isEmpty() || newest.get().equals(version)) {
      return false;
    }
    version = newest.get();
    return true;
  }

  @Override
  public void submit(GenerationRequest request) {
    request.requireAnswerable(room(), limits.vocabulary());
    Sampling sampling = request.sampling();
    if (sampling.topK() > 0
        || sampling.topP() < 1
        || sampling.minP() > 0
        || sampling.repetitionPenalty() != 1
        || sampling.minNewTokens() > 0) {
      throw new IllegalArgumentException(
          "request "
              + request.id()
              + " narrows the distribution that tokens are drawn from, and of that alone an engine"
              + " gives log-probabilities: set sampling.top-k = 0 and sampling.top-p = 1, or"
              + " rollout-worker.engine = decoder");
    }
    waiting.add(request);
  }

  private int room() {
    return Math.min(limits.maxTokens(), keeper.maxTokens().orElse(limits.maxTokens()));
  }

  @Override
  public List<EndedResponse> step() {
    keeper.requireKept();
    ask();
    List<EndedResponse> ended = new ArrayList<>();
    try {
      Landing landing = landings.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      for (; landing != null; landing = landings.poll()) {
        land(landing, ended);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Flight> drawn =
        flying.values().stream().filter(flight -> flight.drawn.isPresent()).toList();
    for (Flight flight : drawn) {
      judge(flight, ended);
    }
    return ended;
  }

  /** Asks for as many responses as there is room for. */
  private void ask() {
    Optional<EngineKeeper.Proven> proven = keeper.proven();
    while (proven.isPresent() && !waiting.isEmpty() && flying.size() < limits.slots()) {
      if (backoff.failures() > 0) {
        if (System.nanoTime() - mayAskAt < 0) {
          return;
        }
        mayAskAt = System.nanoTime() + pauseNanos; // one at a time until one is answered
      }
      ask(waiting.remove(), proven.get());
    }
  }

  private void ask(GenerationRequest request, EngineKeeper.Proven with) {
    Sampling sampling = request.sampling();
    int tokens =
        Math.max(1, Math.min(sampling.maxNewTokens(), room() - request.promptTokenIds().length));
    Flight flight = new Flight(request, with);
    flying.put(request, flight);
    flight.draw =
        server.draw(
            new DrawRequest(
                request.id() + "-" + run + "-" + asked++,
                request.promptTokenIds(),
                new Sampling(sampling.temperature(), 0, 1, tokens, sampling.seed()),
                limits.stopTokens(),
                with.label(),
                limits.longest()));
    flight.draw.whenComplete((draw, failure) -> landings.add(new Landing(flight, draw, failure)));
  }

  private void land(Landing landing, List<EndedResponse> ended) {
    Flight flight = landing.flight();
    if (flying.get(flight.request) != flight) {
      return; // nobody waits for it any more
    }
    if (landing.failure() == null) {
      flight.drawn = Optional.of(landing.drawn());
      backoff.reset();
      return; // judged with the others
    }
    Throwable cause =
        landing.failure() instanceof CompletionException && landing.failure().getCause() != null
            ? landing.failure().getCause()
            : landing.failure();
    if (cause instanceof EngineProblem problem) {
      fail(flight, problem, ended);
    } else if (cause instanceof CancellationException) {
      fail(flight, new EngineProblem(EngineProblem.Kind.AWAY, "it was given up"), ended);
    } else {
      throw new IllegalStateException("an answer of an engine could not be read", cause);
    }
  }

  private void fail(Flight flight, EngineProblem problem, List<EndedResponse> ended) {
    if (problem.kind() == EngineProblem.Kind.REFUSED) {
      // What was proven was asked for by the same route: it is this request that is wrong.
      refuse(flight, problem.getMessage(), ended);
      return;
    }
    if (problem.kind() != EngineProblem.Kind.BUSY) {
      keeper.suspect();
    }
    if (problem.kind() == EngineProblem.Kind.BROKEN && failed(flight) >= ATTEMPTS) {
      refuse(
          flight,
          String.format(
              Locale.ROOT,
              "it has failed %d times, at last so: %s",
              ATTEMPTS,
              problem.getMessage()),
          ended);
      return;
    }
    // Those that were under way together fail together, and count once.
    if (backoff.failures() == 0 || flight.askedAt - failedAt >= 0) {
      failedAt = System.nanoTime();
      pauseNanos = backoff.next(problem.pause()).toNanos();
      mayAskAt = failedAt + pauseNanos;
    }
    again(flight, problem.kind().name().toLowerCase(Locale.ROOT));
  }

  /** Failures of one response with the weights that it has begun with now. */
  private int failed(Flight flight) {
    String label = flight.begunWith.label();
    Failures before = failures.get(flight.request);
    int count = before == null || !before.label().equals(label) ? 1 : before.count() + 1;
    failures.put(flight.request, new Failures(label, count));
    return count;
  }

  private void refuse(Flight flight, String reason, List<EndedResponse> ended) {
    forget(flight.request);
    ended.add(EndedResponse.refused(flight.request, reason));
  }

  private void again(Flight flight, String reason) {
    flying.remove(flight.request);
    waiting.addFirst(flight.request);
    meters.repeated(reason);
  }

  private void forget(GenerationRequest request) {
    flying.remove(request);
    failures.remove(request);
  }

  /** Hands a response on if each of its tokens is of a proven version. */
  private void judge(Flight flight, List<EndedResponse> ended) {
    EngineDraw draw = flight.drawn.orElseThrow();
    boolean pending = false;
    for (EngineDraw.Labelled part : draw.labels()) {
      EngineKeeper.Verdict verdict = keeper.verdict(part.label());
      if (verdict == EngineKeeper.Verdict.DISPROVEN) {
        again(flight, "weights");
        return;
      }
      pending |= verdict == EngineKeeper.Verdict.PENDING;
    }
    for (int token : draw.tokenIds()) {
      if (token >= limits.vocabulary()) {
        fail(
            flight,
            new EngineProblem(
                EngineProblem.Kind.BROKEN,
                server.address() + " has drawn token " + token + ", which the model does not have"),
            ended);
        return;
      }
    }
    if (pending) {
      return; // the next look may know more
    }
    forget(flight.request);
    tokensDrawn += draw.tokenIds().length;
    ended.add(
        EndedResponse.of(
            flight.request,
            new EndedResponse.Sampled(
                draw.tokenIds(),
                draw.logProbabilities(),
                draw.logProbabilities(),
                segments(draw),
                draw.stopped())));
  }

  /** By versions: one that was given again goes on. */
  private List<VersionSegment> segments(EngineDraw draw) {
    List<VersionSegment> segments = new ArrayList<>();
    for (EngineDraw.Labelled part : draw.labels()) {
      WeightVersion drawnBy = keeper.version(part.label());
      int last = segments.size() - 1;
      if (last >= 0 && segments.get(last).getVersion().equals(drawnBy)) {
        segments.set(
            last, new VersionSegment(drawnBy, segments.get(last).getFromToken(), part.until()));
      } else {
        segments.add(new VersionSegment(drawnBy, part.from(), part.until()));
      }
    }
    return segments;
  }

  @Override
  public int running() {
    return flying.size();
  }

  @Override
  public void cancel(Predicate<GenerationRequest> which) {
    waiting.removeIf(
        request -> {
          boolean gone = which.test(request);
          if (gone) {
            failures.remove(request);
          }
          return gone;
        });
    Iterator<Flight> flights = flying.values().iterator();
    while (flights.hasNext()) {
      Flight flight = flights.next();
      if (which.test(flight.request)) {
        flights.remove();
        failures.remove(flight.request);
        flight.draw.cancel(true);
      }
    }
  }

  @Override
  public List<GenerationRequest> takeWaiting() {
    List<GenerationRequest> taken = List.copyOf(waiting);
    waiting.clear();
    taken.forEach(failures::remove);
    return taken;
  }

  @Override
  public long tokensDrawn() {
    return tokensDrawn;
  }

  @Override
  public Optional<String> unready() {
    return keeper.trouble();
  }

  @Override
  public void close() {
    cancel(request -> true);
  }
}
