package org.rlhfstreams.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.rlhfstreams.model.architecture.ModelConfiguration;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.TokenMatrix;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * Samples many responses at once. A row enters as soon as a slot is free and leaves as soon as it
 * is finished; new weights take over between two tokens of running rows, whose caches stay. One
 * thread.
 */
public final class Generator implements AutoCloseable {
  private final Decoder decoder;
  private final int slots;
  private final int capacity;
  private final Set<Integer> endOfSequence;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final NDArray keys;
  private final NDArray values;
  private final Deque<GenerationRequest> waiting = new ArrayDeque<>();
  private final List<RunningRow> running = new ArrayList<>();
  private Weights weights;
  private long version;
  private long tokensDrawn;

  /**
   * @param weights read, never changed and not closed here
   * @param version the caller's label of the weights
   * @param slots rows that run at once
   * @param capacity tokens of prompt and response together, at most the model's positions
   * @param endOfSequence tokens that finish a response
   */
  public Generator(
      Decoder decoder,
      Weights weights,
      long version,
      int slots,
      int capacity,
      Set<Integer> endOfSequence) {
    this.decoder = decoder;
    this.weights = weights;
    this.version = version;
    this.slots = slots;
    this.capacity = Math.min(capacity, decoder.configuration().maxPositions());
    this.endOfSequence = Set.copyOf(endOfSequence);
    ModelConfiguration configuration = decoder.configuration();
    Shape shape =
        new Shape(
            configuration.layers(),
            slots,
            configuration.keyValueHeads(),
            this.capacity,
            configuration.headDimension());
    this.keys = ComputeThread.call(() -> manager.zeros(shape, DataType.FLOAT32));
    this.values = ComputeThread.call(() -> manager.zeros(shape, DataType.FLOAT32));
  }

  /**
   * Queues a request.
   *
   * @throws IllegalArgumentException where the prompt is empty, leaves no room for a response, or
   *     holds a token that the vocabulary does not
   */
  public void submit(GenerationRequest request) {
    int[] prompt = request.promptTokenIds();
    if (prompt.length == 0) {
      throw new IllegalArgumentException("request " + request.id() + " has an empty prompt");
    }
    if (prompt.length >= capacity) {
      throw new IllegalArgumentException(
          "request %s has %d prompt tokens, which leave no room in a window of %d"
              .formatted(request.id(), prompt.length, capacity));
    }
    int vocabulary = decoder.configuration().vocabularySize();
    for (int token : prompt) {
      if (token < 0 || token >= vocabulary) {
        throw new IllegalArgumentException(
            "request %s has token %d, outside the vocabulary of %d"
                .formatted(request.id(), token, vocabulary));
      }
    }
    waiting.add(request);
  }

  /** New weights for all tokens from here on; the old ones are not used again. */
  public void swap(Weights newWeights, long newVersion) {
    weights = newWeights;
    version = newVersion;
  }

  /** Whether nothing is waiting or running. */
  public boolean idle() {
    return waiting.isEmpty() && running.isEmpty();
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

  /** Draws one token for every running row; rows that wait enter free slots first. */
  public List<Generation> step() {
    List<Generation> finished = new ArrayList<>();
    if (!running.isEmpty()) {
      decode();
      collect(finished);
    }
    if (!waiting.isEmpty() && running.size() < slots) {
      enter();
      collect(finished);
    }
    return finished;
  }

  private void enter() {
    int first = running.size();
    List<RunningRow> rows = new ArrayList<>();
    int lengthClass = lengthClass(waiting.element());
    while (!waiting.isEmpty()
        && first + rows.size() < slots
        && lengthClass(waiting.element()) == lengthClass) {
      rows.add(new RunningRow(waiting.remove(), capacity));
    }
    long[][] prompts = new long[rows.size()][];
    long[] last = new long[rows.size()];
    for (int i = 0; i < prompts.length; i++) {
      int[] prompt = rows.get(i).request().promptTokenIds();
      prompts[i] = IntStream.of(prompt).asLongStream().toArray();
      last[i] = prompt.length - 1L;
    }
    int time = (int) LongStream.of(last).max().orElseThrow() + 1;
    Argument[] rope = decoder.rope(time);
    try (NDManager scope = manager.newSubManager()) {
      NDList drawn =
          decoder.run(
              "prefill_and_sample",
              scope,
              Argument.of(TokenMatrix.create(scope, prompts)),
              Argument.of(TokenMatrix.positions(scope, time)),
              settings(scope, rows),
              uniforms(scope, rows),
              rope[0],
              rope[1],
              Argument.of(scope.create((long) first)),
              Argument.of(scope.create(last)),
              Argument.of(keys),
              Argument.of(values),
              weights.argument());
      record(rows, drawn);
    }
    running.addAll(rows);
  }

  private int lengthClass(GenerationRequest request) {
    return decoder.lengthClass(request.promptTokenIds().length);
  }

  private void decode() {
    long[] tokens = running.stream().mapToLong(RunningRow::newestToken).toArray();
    long[] positions = running.stream().mapToLong(RunningRow::position).toArray();
    Argument[] rope =
        decoder.ropeForDecoding((int) LongStream.of(positions).max().orElseThrow() + 1);
    try (NDManager scope = manager.newSubManager()) {
      NDList drawn =
          decoder.run(
              "decode_and_sample",
              scope,
              Argument.of(scope.create(tokens)),
              settings(scope, running),
              uniforms(scope, running),
              Argument.of(scope.create(positions)),
              rope[0],
              rope[1],
              Argument.of(keys),
              Argument.of(values),
              weights.argument());
      record(running, drawn);
    }
  }

  private void record(List<RunningRow> rows, NDList drawn) {
    long[] tokens = drawn.get(0).toLongArray();
    float[] logProbabilities = drawn.get(1).toFloatArray();
    for (int i = 0; i < tokens.length; i++) {
      int token = (int) tokens[i];
      rows.get(i).add(token, logProbabilities[i], version, endOfSequence.contains(token));
    }
    tokensDrawn += tokens.length;
  }

  /** Takes out finished rows; the last running row moves into each gap. */
  private void collect(List<Generation> finished) {
    for (int slot = 0; slot < running.size(); ) {
      RunningRow row = running.get(slot);
      if (!row.finished()) {
        slot++;
        continue;
      }
      finished.add(row.finish());
      int last = running.size() - 1;
      RunningRow moved = running.remove(last);
      if (slot != last) {
        running.set(slot, moved);
        move(last, slot);
      }
    }
  }

  private void move(int source, int destination) {
    try (NDManager scope = manager.newSubManager()) {
      decoder.run(
          "move_row",
          scope,
          Argument.of(scope.create((long) source)),
          Argument.of(scope.create((long) destination)),
          Argument.of(keys),
          Argument.of(values));
    }
  }

  private static Argument settings(NDManager scope, List<RunningRow> rows) {
    int count = rows.size();
    float[] settings = new float[3 * count];
    for (int i = 0; i < count; i++) {
      Sampling sampling = rows.get(i).sampling();
      settings[i] = (float) sampling.temperature();
      settings[count + i] = sampling.topK();
      settings[2 * count + i] = (float) sampling.topP();
    }
    return Argument.of(scope.create(settings, new Shape(3, count)));
  }

  private static Argument uniforms(NDManager scope, List<RunningRow> rows) {
    return Argument.of(scope.create(rows.stream().mapToDouble(RunningRow::uniform).toArray()));
  }

  @Override
  public void close() {
    manager.close();
  }
}
