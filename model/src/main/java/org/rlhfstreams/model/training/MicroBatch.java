package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.TokenMatrix;

/**
 * Sequences of similar length that run through the decoder together. Lengths and numbers of tokens
 * are rounded up, so that shapes come again: native code compiles its products for each new one.
 */
final class MicroBatch {
  private static final int TIME_STEP = 16;
  private static final int TOKEN_STEP = 64;

  private final List<TokenSequence> sequences;
  private final List<TokenSequence.Member> members;
  private final int time;
  private final HeadPosition position;

  private MicroBatch(List<TokenSequence> sequences, HeadPosition position, Decoder decoder) {
    this.sequences = List.copyOf(sequences);
    this.members = sequences.stream().flatMap(sequence -> sequence.members().stream()).toList();
    this.time =
        roundedTime(
            sequences.stream().mapToInt(TokenSequence::length).max().orElseThrow(), decoder);
    this.position = position;
  }

  private static int roundedTime(int longest, Decoder decoder) {
    int rounded = roundedUp(longest, TIME_STEP);
    boolean same =
        rounded <= decoder.configuration().maxPositions()
            && decoder.lengthClass(rounded) == decoder.lengthClass(longest);
    return same ? rounded : longest;
  }

  private static int roundedUp(int number, int step) {
    return (number + step - 1) / step * step;
  }

  /** Cuts rows into batches of similar length, longest first. */
  static List<MicroBatch> cut(
      List<TokenRow> rows, MicroBatchSettings settings, HeadPosition position, Decoder decoder) {
    List<TokenSequence> byLength =
        new ArrayList<>(SequencePacking.of(rows, settings.sharePrompts(), decoder::lengthClass));
    byLength.sort(Comparator.comparingInt((TokenSequence sequence) -> -sequence.length()));
    int[] ends =
        LengthBuckets.ends(
            byLength.stream()
                .mapToInt(sequence -> roundedTime(sequence.length(), decoder))
                .toArray(),
            settings.tokens(),
            (one, other) ->
                decoder.lengthClass(byLength.get(one).length())
                    == decoder.lengthClass(byLength.get(other).length()));
    List<MicroBatch> batches = new ArrayList<>();
    int start = 0;
    for (int end : ends) {
      batches.add(new MicroBatch(byLength.subList(start, end), position, decoder));
      start = end;
    }
    return batches;
  }

  int paddedTokens() {
    return sequences.size() * time;
  }

  /** Tokens of each sequence, padding included. */
  int time() {
    return time;
  }

  /** Token ids, [batch, time]. */
  NDArray ids(NDManager scope) {
    return TokenMatrix.create(
        scope, sequences.stream().map(TokenSequence::tokenIds).toArray(long[][]::new), time);
  }

  /** Positions, [time], or [batch, time] where sequences hold several responses. */
  NDArray positions(NDManager scope) {
    if (!shared()) {
      return TokenMatrix.positions(scope, time);
    }
    return TokenMatrix.create(
        scope, sequences.stream().map(TokenSequence::positions).toArray(long[][]::new), time);
  }

  /** Which response each token is of, [batch, time]; {@code none} where no two share a sequence. */
  NDArray segments(NDManager scope, NDArray none) {
    if (!shared()) {
      return none;
    }
    return TokenMatrix.create(
        scope, sequences.stream().map(TokenSequence::segments).toArray(long[][]::new), time);
  }

  private boolean shared() {
    return sequences.stream().anyMatch(TokenSequence::shared);
  }

  /** Where the head reads, as indices into batch * time, [tokens], padded with the first. */
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

  /** The response tokens that the states before them predict, [tokens], padded with id 0. */
  NDArray targets(NDManager scope) {
    long[] targets =
        members.stream()
            .flatMapToInt(member -> Arrays.stream(member.response()))
            .asLongStream()
            .toArray();
    return scope.create(Arrays.copyOf(targets, tokens()));
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

  /** The rows' values as one tensor, [tokens], padded with 0. */
  NDArray gather(NDManager scope, float[][] byRow) {
    float[] values = new float[tokens()];
    int at = 0;
    for (TokenSequence.Member member : members) {
      float[] row = byRow[member.row()];
      if (row.length != count(member)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "row %d has %d gradients for %d tokens",
                member.row(),
                row.length,
                count(member)));
      }
      System.arraycopy(row, 0, values, at, row.length);
      at += row.length;
    }
    return scope.create(values);
  }

  /** A value of each row at every token that the head reads, [tokens, 1], padded with 1. */
  NDArray spread(NDManager scope, double[] byRow) {
    float[] values = new float[tokens()];
    Arrays.fill(values, 1);
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

  /** Tokens that the head reads, padding included; small numbers stay as they are. */
  int tokens() {
    int tokens = members.stream().mapToInt(this::count).sum();
    return tokens < TOKEN_STEP ? tokens : roundedUp(tokens, TOKEN_STEP);
  }
}
