package org.rlhfstreams.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.engine.SamplingEngine;

/** An engine whose responses are as long as they may be, of tokens 0. */
final class FakeSlots implements SamplingEngine {
  private final int slots;
  private final Deque<GenerationRequest> waiting = new ArrayDeque<>();
  private final Map<GenerationRequest, Integer> running = new LinkedHashMap<>();
  private final Map<GenerationRequest, WeightVersion> begunWith = new HashMap<>();
  private Optional<WeightVersion> newest = Optional.empty();
  private Optional<WeightVersion> version = Optional.empty();
  private final Set<String> refused = new HashSet<>();
  private long tokens;

  FakeSlots(int slots) {
    this.slots = slots;
  }

  /** A version has arrived. */
  FakeSlots arrived(long step) {
    newest = Optional.of(new WeightVersion(0, step));
    return this;
  }

  /** One that has a slot turns out to be none that can be sampled. */
  void refuse(String id) {
    refused.add(id);
  }

  /** Ids of the responses that have a slot. */
  List<String> inSlots() {
    return running.keySet().stream().map(GenerationRequest::id).toList();
  }

  @Override
  public Optional<WeightVersion> version() {
    return version;
  }

  @Override
  public Optional<WeightVersion> oldestInUse() {
    return running.keySet().stream()
        .map(begunWith::get)
        .min(Comparator.comparing(WeightVersion::getStep));
  }

  @Override
  public boolean refresh() {
    boolean another = !newest.equals(version);
    version = newest;
    return another;
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public void submit(GenerationRequest request) {
    if (request.promptTokenIds().length == 0) {
      throw new IllegalArgumentException("request " + request.id() + " has an empty prompt");
    }
    waiting.add(request);
  }

  @Override
  public List<EndedResponse> step() {
    List<EndedResponse> finished = new ArrayList<>();
    running.replaceAll((request, drawn) -> drawn + 1);
    tokens += running.size();
    running
        .keySet()
        .removeIf(
            request ->
                refused.contains(request.id())
                    && finished.add(EndedResponse.refused(request, request.id() + " is bad")));
    running
        .entrySet()
        .removeIf(
            entry -> {
              boolean whole = entry.getValue() == entry.getKey().sampling().maxNewTokens();
              if (whole) {
                finished.add(ended(entry.getKey()));
              }
              return whole;
            });
    while (running.size() < slots && !waiting.isEmpty()) {
      begunWith.put(waiting.element(), version.orElseThrow());
      running.put(waiting.remove(), 0);
    }
    return finished;
  }

  private EndedResponse ended(GenerationRequest request) {
    int length = request.sampling().maxNewTokens();
    float[] zeros = new float[length];
    return EndedResponse.of(
        request,
        new EndedResponse.Sampled(
            new int[length],
            zeros,
            zeros,
            List.of(new VersionSegment(version.orElseThrow(), 0, length)),
            false));
  }

  @Override
  public int running() {
    return running.size();
  }

  @Override
  public void cancel(Predicate<GenerationRequest> which) {
    waiting.removeIf(which);
    running.keySet().removeIf(which);
  }

  @Override
  public List<GenerationRequest> takeWaiting() {
    List<GenerationRequest> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  @Override
  public long tokensDrawn() {
    return tokens;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
