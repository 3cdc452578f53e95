package org.rlhfstreams.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.RopeTables;
import org.rlhfstreams.model.decoder.TokenMatrix;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.InferenceArgument;

/**
 * Samples many responses at once. A row enters as soon as a slot is free and leaves as soon as it
 * is finished; new weights take over between two tokens of running rows, whose caches stay. One
 * thread.
 */
public final class Generator implements AutoCloseable {
  private static final int PREFILL_TOKENS = 4096;

  private final Decoder decoder;
  private final GeneratorSettings settings;
  private final int maxTokens;
  private final KeyValueCache cache;
  private final NDManager manager = ComputeDevice.newManager();
  private final NDArray forbidden;
  private final Deque<GenerationRequest> waiting = new ArrayDeque<>();
  private final List<RunningRow> running = new ArrayList<>();
  private PackedWeights weights;
  private long version;
  private long tokensDrawn;

  /**
   * @param weights read, never changed and not closed here
   * @param version the caller's label of the weights
   */
  public Generator(
      Decoder decoder, PackedWeights weights, long version, GeneratorSettings settings) {
    this.decoder = decoder;
    this.weights = weights;
    this.version = version;
    this.settings = settings;
    this.cache = new KeyValueCache(decoder, settings.cacheBytes());
    this.maxTokens =
        (int)
            Math.min(
                Math.min(settings.maxTokens(), decoder.configuration().maxPositions()),
                cache.mostTokens());
    int vocabulary = decoder.configuration().vocabularySize();
    this.forbidden =
        manager.create(
            settings.stopTokens().stream()
                .mapToLong(Integer::longValue)
                .filter(token -> token >= 0 && token < vocabulary)
                .toArray());
  }

  /**
   * Queues a request.
   *
   * @throws IllegalArgumentException where the prompt is empty, leaves no room for a response, or
   *     holds a token that the vocabulary does not
   */
  public void submit(GenerationRequest request) {
    request.requireAnswerable(maxTokens, decoder.configuration().vocabularySize());
    waiting.add(request);
  }

  /** New weights for all tokens from here on; the old ones are not used again. */
  public void swap(PackedWeights newWeights, long newVersion) {
    weights = newWeights;
    version = newVersion;
  }

  /** What it may use. */
  public GeneratorSettings settings() {
    return settings;
  }

  /** Tokens of prompt and response together, at most. */
  public int maxTokens() {
    return maxTokens;
  }

  /** Whether nothing is waiting or running. */
  public boolean idle() {
    return waiting.isEmpty() && running.isEmpty();
  }

  /** Responses that are being sampled side by side. */
  public int running() {
    return running.size();
  }

  /** The smallest label of weights that drew the first token of a row that runs, if one does. */
  public OptionalLong oldestVersion() {
    return running.stream().mapToLong(RunningRow::firstVersion).min();
  }

  /** Tokens drawn so far, in all. */
  public long tokensDrawn() {
    return tokensDrawn;
  }

  /** Forgets all waiting and running requests. */
  public void clear() {
    waiting.clear();
    running.clear();
  }

  /**
   * Forgets one request, wherever it stands; its slot is free for the next. Not from within a
   * listener: the rows of a step stay until it ends.
   *
   * @return whether it was waiting or running
   */
  public boolean cancel(String id) {
    return cancel(request -> request.id().equals(id));
  }

  /** The same of all requests of a kind. */
  public boolean cancel(Predicate<GenerationRequest> which) {
    boolean found = waiting.removeIf(which);
    for (int slot = running.size() - 1; slot >= 0; slot--) {
      if (which.test(running.get(slot).request())) {
        vacate(slot);
        found = true;
      }
    }
    return found;
  }

  /** Forgets the requests that wait; they are returned in their order. */
  public List<GenerationRequest> takeWaiting() {
    List<GenerationRequest> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  /** Draws one token for every running row; rows that wait enter free slots first. */
  public List<Generation> step() {
    List<Generation> finished = new ArrayList<>();
    if (!running.isEmpty()) {
      decode();
      collect(finished);
    }
    while (mayEnter()) {
      enter();
      collect(finished);
    }
    return finished;
  }

  private boolean mayEnter() {
    return !waiting.isEmpty() && hasRoom(waiting.element());
  }

  private boolean hasRoom(GenerationRequest another) {
    if (running.size() >= settings.slots()) {
      return false;
    }
    int longest = RunningRow.reservedTokens(another, maxTokens);
    for (RunningRow row : running) {
      longest = Math.max(longest, row.reservedTokens());
    }
    return cache.fits(running.size() + 1, longest);
  }

  private void enter() {
    int first = running.size();
    PromptBatch batch = new PromptBatch();
    int lengthClass = lengthClass(waiting.element());
    while (!waiting.isEmpty()) {
      GenerationRequest request = waiting.element();
      boolean alone = batch.rows().isEmpty();
      if (!hasRoom(request)
          || lengthClass(request) != lengthClass
          || (!alone && batch.paddedTokensWith(request) > PREFILL_TOKENS)) {
        break;
      }
      waiting.remove();
      RunningRow row = new RunningRow(request, maxTokens);
      batch.add(row);
      running.add(row);
    }
    cache.ensure(running.size(), batch.time());
    RopeTables.Tables rope = decoder.rope(batch.time());
    try (NDManager scope = manager.newSubManager()) {
      NDList drawn =
          decoder.infer(
              "prefill_and_sample",
              scope,
              InferenceArgument.of(TokenMatrix.create(scope, batch.prompts())),
              InferenceArgument.of(TokenMatrix.positions(scope, batch.time())),
              InferenceArgument.of(rope.cos()),
              InferenceArgument.of(rope.sin()),
              InferenceArgument.of(first),
              InferenceArgument.of(scope.create(batch.last())),
              InferenceArgument.of(scope.create(batch.source())),
              cache.keys(),
              cache.values(),
              SamplingTensors.settings(scope, batch.rows()),
              SamplingTensors.uniforms(scope, batch.rows()),
              SamplingTensors.history(scope, batch.rows(), decoder.none()),
              InferenceArgument.of(forbidden),
              weights.argument());
      record(batch.rows(), drawn);
    }
  }

  private int lengthClass(GenerationRequest request) {
    return decoder.lengthClass(request.promptTokenIds().length);
  }

  private void decode() {
    long[] tokens = running.stream().mapToLong(RunningRow::newestToken).toArray();
    long[] positions = running.stream().mapToLong(row -> row.length() - 1L).toArray();
    int reach =
        cache.ensure(running.size(), (int) LongStream.of(positions).max().orElseThrow() + 1);
    RopeTables.Tables rope = decoder.ropeForDecoding(reach);
    try (NDManager scope = manager.newSubManager()) {
      NDList drawn =
          decoder.infer(
              "decode_and_sample",
              scope,
              InferenceArgument.of(scope.create(tokens)),
              InferenceArgument.of(scope.create(positions)),
              InferenceArgument.of(reach),
              InferenceArgument.of(rope.cos()),
              InferenceArgument.of(rope.sin()),
              cache.keys(),
              cache.values(),
              SamplingTensors.settings(scope, running),
              SamplingTensors.uniforms(scope, running),
              SamplingTensors.history(scope, running, decoder.none()),
              InferenceArgument.of(forbidden),
              weights.argument());
      record(running, drawn);
    }
  }

  private void record(List<RunningRow> rows, NDList drawn) {
    long[] tokens = drawn.get(0).toLongArray();
    float[] logProbabilities = drawn.get(1).toFloatArray();
    float[] modelLogProbabilities = drawn.get(2).toFloatArray();
    float[] wholeLogProbabilities = drawn.get(3).toFloatArray();
    for (int i = 0; i < tokens.length; i++) {
      int token = (int) tokens[i];
      boolean stop = settings.stopTokens().contains(token);
      rows.get(i)
          .add(
              token,
              logProbabilities[i],
              modelLogProbabilities[i],
              wholeLogProbabilities[i],
              version,
              stop);
    }
    tokensDrawn += tokens.length;
  }

  /** Takes out finished rows. */
  private void collect(List<Generation> finished) {
    for (int slot = 0; slot < running.size(); ) {
      RunningRow row = running.get(slot);
      if (!row.finished()) {
        slot++;
        continue;
      }
      finished.add(row.finish());
      vacate(slot);
    }
  }

  /** Takes out a row; the last running row moves into the gap. */
  private void vacate(int slot) {
    int last = running.size() - 1;
    RunningRow moved = running.remove(last);
    if (slot != last) {
      running.set(slot, moved);
      cache.move(last, slot, moved.length());
    }
  }

  @Override
  public void close() {
    cache.close();
    manager.close();
  }
}
