package org.rlhfstreams.model.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** New rows whose prompts are read together, each different prompt once. */
final class PromptBatch {
  private final List<RunningRow> rows = new ArrayList<>();
  private final List<long[]> prompts = new ArrayList<>();
  private final List<Integer> source = new ArrayList<>();
  private int time;

  /** Padded tokens, were the row to join. */
  int paddedTokensWith(GenerationRequest request) {
    int longest = Math.max(time, request.promptTokenIds().length);
    return longest * (prompts.size() + (known(request.promptTokenIds()) ? 0 : 1));
  }

  void add(RunningRow row) {
    int[] prompt = row.request().promptTokenIds();
    if (!known(prompt)) {
      prompts.add(IntStream.of(prompt).asLongStream().toArray());
      time = Math.max(time, prompt.length);
    }
    source.add(prompts.size() - 1);
    rows.add(row);
  }

  /** Whether a prompt is the newest one's equal: the samples of one request stand together. */
  private boolean known(int[] prompt) {
    return !rows.isEmpty()
        && Arrays.equals(rows.get(rows.size() - 1).request().promptTokenIds(), prompt);
  }

  List<RunningRow> rows() {
    return rows;
  }

  int time() {
    return time;
  }

  long[][] prompts() {
    return prompts.toArray(long[][]::new);
  }

  /** Index of each prompt's last token, [prompts]. */
  long[] last() {
    return prompts.stream().mapToLong(prompt -> prompt.length - 1L).toArray();
  }

  /** The prompt of each row, [rows]. */
  long[] source() {
    return source.stream().mapToLong(Integer::longValue).toArray();
  }
}
