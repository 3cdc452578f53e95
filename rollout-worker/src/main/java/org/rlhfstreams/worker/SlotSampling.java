package org.rlhfstreams.worker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.engine.SamplingEngine;

/**
 * The rule which response gets a free slot: the requests' responses in the order of the requests,
 * but a request that may not begin yet lets others pass: one that needs newer weights than there
 * are, or than a response in a slot began with. Admission releases what is needed for the next
 * steps alone: as long as nothing of a later release overtakes that response, the learner runs out
 * of others before it is too stale to be learned from. A request has ended when its last response
 * is finished. One thread.
 */
final class SlotSampling {
  private final SamplingEngine engine;
  private final StartRule startRule;
  private final WorkerMeters meters;
  private final List<RequestTask> heldBack = new ArrayList<>();
  private final IdentityHashMap<GenerationRequest, Row> rows = new IdentityHashMap<>();
  private final List<RequestTask> ended = new ArrayList<>();
  private long tokensCounted;

  private record Row(RequestTask task, int sampleIndex) {}

  /** One that samples with the newest weights. */
  SlotSampling(SamplingEngine engine, WorkerMeters meters) {
    this(engine, new NewestVersionRule(), meters);
  }

  SlotSampling(SamplingEngine engine, StartRule startRule, WorkerMeters meters) {
    this.engine = engine;
    this.startRule = startRule;
    this.meters = meters;
    this.tokensCounted = engine.tokensDrawn();
  }

  /** Takes requests. */
  void start(List<RequestTask> tasks) {
    heldBack.addAll(tasks);
  }

  /** Whether there is nothing to sample. */
  boolean isIdle() {
    return heldBack.isEmpty() && rows.isEmpty();
  }

  /** Responses of requests that may not begin yet. */
  int heldBack() {
    return heldBack.stream().mapToInt(task -> task.request().getSamples()).sum();
  }

  /**
   * Draws a token for every response in a slot, with the newest weights.
   *
   * @return false if there was none: what there is needs newer weights than there are
   */
  boolean advance() {
    refresh(); // also while nothing is sampled: who has begun to take a version up holds it
    if (isIdle()) {
      meters.slotsInUse(0);
      return false;
    }
    enter();
    if (rows.isEmpty()) {
      meters.slotsInUse(0);
      return false;
    }
    for (EndedResponse response : engine.step()) {
      finish(response);
    }
    meters.stepped(engine.running(), engine.tokensDrawn() - tokensCounted);
    tokensCounted = engine.tokensDrawn();
    return true;
  }

  private void refresh() {
    Instant started = Instant.now();
    if (engine.refresh()) {
      meters.swapped(started);
      engine.version().ifPresent(meters::version);
    }
  }

  private void enter() {
    startRule.look(engine, rows.isEmpty());
    heldBack.removeIf(
        task -> {
          Optional<String> refusal = startRule.refusal(task.request());
          if (refusal.isPresent()) {
            task.refuse(refusal.get());
            ended.add(task);
            return true;
          }
          boolean begins = startRule.begins(task.request());
          if (begins) {
            submit(task);
          }
          return begins;
        });
  }

  private void submit(RequestTask task) {
    RolloutRequest request = task.request();
    task.start(Instant.now());
    int[] prompt = request.getPromptTokenIds().stream().mapToInt(Integer::intValue).toArray();
    try {
      for (int i = 0; i < request.getSamples(); i++) {
        GenerationRequest row =
            new GenerationRequest(
                request.getRequestId() + "/" + i,
                prompt,
                sampling(request.getSampling(), drawn(request, i)));
        engine.submit(row);
        rows.put(row, new Row(task, i));
      }
    } catch (IllegalArgumentException e) {
      task.refuse(e.getMessage());
      forget(Set.of(task));
      ended.add(task);
      return;
    }
    if (task.isWhole()) {
      ended.add(task); // it asks for none
    }
  }

  /** What a response's random draws follow from: versions that are compared have the same. */
  private static String drawn(RolloutRequest request, int sample) {
    return request.getEvaluation() == null
        ? request.getRequestId() + "/" + sample
        : request.getPromptId() + "/evaluation/" + sample;
  }

  private static Sampling sampling(SamplingSettings settings, String drawn) {
    return new Sampling(
        settings.getTemperature(),
        settings.getTopK(),
        settings.getTopP(),
        settings.getMaxNewTokens(),
        SampleSeed.of(settings.getSeed(), drawn));
  }

  private void finish(EndedResponse response) {
    Row row = rows.remove(response.request());
    if (row == null) {
      return; // of a request that another of its responses has ended
    }
    if (response.sampled().isEmpty()) {
      row.task().refuse(response.refusal().orElseThrow());
      forget(Set.of(row.task()));
      ended.add(row.task());
      return;
    }
    row.task()
        .add(
            new FinishedResponse(
                row.sampleIndex(), response.request(), response.sampled().get(), Instant.now()));
    if (row.task().isWhole()) {
      ended.add(row.task());
    }
  }

  /** Requests that have ended since the last call. */
  List<RequestTask> takeEnded() {
    List<RequestTask> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  /** Leaves requests to other members: they end without their responses. */
  void drop(Predicate<RequestTask> which) {
    Set<RequestTask> dropped = new HashSet<>();
    rows.values().stream().map(Row::task).filter(which).forEach(dropped::add);
    heldBack.stream().filter(which).forEach(dropped::add);
    heldBack.removeAll(dropped);
    forget(dropped);
    end(dropped);
  }

  /** Leaves those to other members of which no response is in a slot or finished. */
  void dropWaiting() {
    List<GenerationRequest> waiting = engine.takeWaiting();
    Set<GenerationRequest> queued = Collections.newSetFromMap(new IdentityHashMap<>());
    queued.addAll(waiting);
    Set<RequestTask> begun = new HashSet<>();
    rows.forEach(
        (request, row) -> {
          if (!queued.contains(request) || !row.task().responses().isEmpty()) {
            begun.add(row.task());
          }
        });
    Set<RequestTask> dropped = new HashSet<>(heldBack);
    heldBack.clear();
    for (GenerationRequest request : waiting) {
      RequestTask task = rows.get(request).task();
      if (begun.contains(task)) {
        engine.submit(request);
      } else {
        dropped.add(task);
      }
    }
    rows.values().removeIf(row -> dropped.contains(row.task()));
    end(dropped);
  }

  private void forget(Set<RequestTask> tasks) {
    if (!tasks.isEmpty()) {
      engine.cancel(
          request -> rows.containsKey(request) && tasks.contains(rows.get(request).task()));
      rows.values().removeIf(row -> tasks.contains(row.task()));
    }
  }

  private void end(Set<RequestTask> dropped) {
    for (RequestTask task : dropped) {
      task.drop();
      ended.add(task);
    }
  }
}
