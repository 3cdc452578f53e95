package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.TokenMatrix;

/** Sequences of similar length that run through the decoder together. */
final class MicroBatch {
  private final List<TokenSequence> sequences;
  private final List<TokenSequence.Member> members;
  private final int time;
  private final HeadPosition position;

  private MicroBatch(List<TokenSequence> sequences, HeadPosition position) {
    this.sequences = List.copyOf(sequences);
    this.members = sequences.stream().flatMap(sequence -> sequence.members().stream()).toList();
    this.time = sequences.stream().mapToInt(TokenSequence::length).max().orElseThrow();
    this.position = position;
  }

  /** Cuts rows into batches, longest sequences first, so that padding stays small. */
  static List<MicroBatch> cut(
      List<TokenRow> rows, MicroBatchSettings settings, HeadPosition position, Decoder decoder) {
    List<TokenSequence> byLength =
        new ArrayList<>(SequencePacking.of(rows, settings.sharePrompts(), decoder::lengthClass));
    byLength.sort(Comparator.comparingInt((TokenSequence sequence) -> -sequence.length()));
    List<MicroBatch> batches = new ArrayList<>();
    List<TokenSequence> members = new ArrayList<>();
    int time = 0;
    for (TokenSequence sequence : byLength) {
      boolean full = (members.size() + 1) * time > settings.tokens();
      boolean apart = decoder.lengthClass(sequence.length()) != decoder.lengthClass(time);
      if (!members.isEmpty() && (full || apart)) {
        batches.add(new MicroBatch(members, position));
        members.clear();
      }
      if (members.isEmpty()) {
        time = sequence.length();
      }
      members.add(sequence);
    }
    if (!members.isEmpty()) {
      batches.add(new MicroBatch(members, position));
    }
    return batches;
  }

  int paddedTokens() {
    return sequences.size() * time;
  }

  /** Tokens of the longest sequence. */
  int time() {
    return time;
  }

  /** Token ids, [batch, time]. */
  NDArray ids(NDManager scope) {
    return TokenMatrix.create(
        scope, sequences.stream().map(TokenSequence::tokenIds).toArray(long[][]::new));
  }

  /** Positions, [time], or [batch, time] where sequences hold several responses. */
  NDArray positions(NDManager scope) {
    if (!shared()) {
      return TokenMatrix.positions(scope, time);
    }
    return TokenMatrix.create(
        scope, sequences.stream().map(TokenSequence::positions).toArray(long[][]::new));
  }

  /** Which response each token is of, [batch, time]; {@code none} where no two share a sequence. */
  NDArray segments(NDManager scope, NDArray none) {
    if (!shared()) {
      return none;
    }
    return TokenMatrix.create(
        scope, sequences.stream().map(TokenSequence::segments).toArray(long[][]::new));
  }

  private boolean shared() {
    return sequences.stream().anyMatch(TokenSequence::shared);
  }

  /** Where the head reads, as indices into batch * time, [tokens]. */
  NDArray index(NDManager scope) {
    long[] index = new long[tokens()];
    int at = 0;
    for (int i = 0; i < sequences.size(); i++) {
      TokenSequence sequence = sequences.get(i);
      for (TokenSequence.Member member : sequence.members()) {
        int length = member.response().length;
        for (int t = 0; t < position.count(length); t++) {
          int state = position.state(sequence.promptLength(), member.start(), length, t);
          index[at++] = (long) i * time + state;
        }
      }
    }
    return scope.create(index);
  }

  /** The response tokens that the states before them predict, [tokens]. */
  NDArray targets(NDManager scope) {
    return scope.create(
        members.stream()
            .flatMapToInt(member -> Arrays.stream(member.response()))
            .asLongStream()
            .toArray());
  }

  /** Copies [tokens] values into the arrays of the rows that they belong to. */
  void scatter(float[] values, float[][] byRow) {
    int at = 0;
    for (TokenSequence.Member member : members) {
      int count = count(member);
      byRow[member.row()] = Arrays.copyOfRange(values, at, at + count);
      at += count;
    }
  }

  /** The rows' values as one tensor, [tokens]. */
  NDArray gather(NDManager scope, float[][] byRow) {
    float[] values = new float[tokens()];
    int at = 0;
    for (TokenSequence.Member member : members) {
      float[] row = byRow[member.row()];
      if (row.length != count(member)) {
        throw new IllegalArgumentException(
            "row %d has %d gradients for %d tokens"
                .formatted(member.row(), row.length, count(member)));
      }
      System.arraycopy(row, 0, values, at, row.length);
      at += row.length;
    }
    return scope.create(values);
  }

  /** A value of each row at every token that the head reads, [tokens, 1]. */
  NDArray spread(NDManager scope, double[] byRow) {
    float[] values = new float[tokens()];
    int at = 0;
    for (TokenSequence.Member member : members) {
      int until = at + count(member);
      Arrays.fill(values, at, until, (float) byRow[member.row()]);
      at = until;
    }
    return scope.create(values, new Shape(values.length, 1));
  }

  private int count(TokenSequence.Member member) {
    return position.count(member.response().length);
  }

  /** Tokens that the head reads. */
  int tokens() {
    return members.stream().mapToInt(this::count).sum();
  }
}
