package org.rlhfstreams.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.generation.FinishReason;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;

/** Slots whose responses are as long as they may be, of tokens 0. */
final class FakeSlots implements Slots {
  private final int slots;
  private final Deque<GenerationRequest> waiting = new ArrayDeque<>();
  private final Map<GenerationRequest, Integer> running = new LinkedHashMap<>();
  private final Map<GenerationRequest, WeightVersion> begunWith = new HashMap<>();
  private Optional<WeightVersion> newest = Optional.empty();
  private Optional<WeightVersion> version = Optional.empty();
  private long tokens;

  FakeSlots(int slots) {
    this.slots = slots;
  }

  /** A version has arrived. */
  FakeSlots arrived(long step) {
    newest = Optional.of(new WeightVersion(0, step));
    return this;
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
  public WeightVersion version(Generation.Segment segment) {
    return new WeightVersion(0, segment.version());
  }

  @Override
  public void refresh() {
    version = newest;
  }

  @Override
  public void submit(GenerationRequest request) {
    if (request.promptTokenIds().length == 0) {
      throw new IllegalArgumentException("request " + request.id() + " has an empty prompt");
    }
    waiting.add(request);
  }

  @Override
  public List<Generation> step() {
    List<Generation> finished = new ArrayList<>();
    running.replaceAll((request, drawn) -> drawn + 1);
    tokens += running.size();
    running
        .entrySet()
        .removeIf(
            entry -> {
              boolean whole = entry.getValue() == entry.getKey().sampling().maxNewTokens();
              if (whole) {
                finished.add(generation(entry.getKey()));
              }
              return whole;
            });
    while (running.size() < slots && !waiting.isEmpty()) {
      begunWith.put(waiting.element(), version.orElseThrow());
      running.put(waiting.remove(), 0);
    }
    return finished;
  }

  private Generation generation(GenerationRequest request) {
    int length = request.sampling().maxNewTokens();
    float[] zeros = new float[length];
    return new Generation(
        request,
        new int[length],
        zeros,
        zeros,
        zeros,
        List.of(new Generation.Segment(version.orElseThrow().getStep(), 0, length)),
        FinishReason.LENGTH);
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
