package org.rlhfstreams.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.rlhfstreams.model.torchscript.InferenceArgument;

/** The settings of rows in the form that the sampling script takes. */
final class SamplingTensors {
  private SamplingTensors() {}

  /** Temperature, top-k, top-p, min-p, penalty and whether stop tokens are forbidden, [6, rows]. */
  static InferenceArgument settings(NDManager scope, List<RunningRow> rows) {
    int count = rows.size();
    float[] settings = new float[6 * count];
    for (int i = 0; i < count; i++) {
      Sampling sampling = rows.get(i).sampling();
      settings[i] = (float) sampling.temperature();
      settings[count + i] = sampling.topK();
      settings[2 * count + i] = (float) sampling.topP();
      settings[3 * count + i] = (float) sampling.minP();
      settings[4 * count + i] = (float) sampling.repetitionPenalty();
      settings[5 * count + i] = rows.get(i).mayStop() ? 0 : 1;
    }
    return InferenceArgument.of(scope.create(settings, new Shape(6, count)));
  }

  /** One draw in [0, 1) a row, [rows]. */
  static InferenceArgument uniforms(NDManager scope, List<RunningRow> rows) {
    return InferenceArgument.of(
        scope.create(rows.stream().mapToDouble(RunningRow::uniform).toArray()));
  }

  /** Each row's tokens so far, [rows, n], where any row's repetition is penalised. */
  static InferenceArgument history(NDManager scope, List<RunningRow> rows, NDArray none) {
    if (rows.stream().allMatch(row -> row.sampling().repetitionPenalty() == 1)) {
      return InferenceArgument.of(none);
    }
    int longest = rows.stream().mapToInt(RunningRow::length).max().orElseThrow();
    long[] flat = new long[rows.size() * longest];
    for (int i = 0; i < rows.size(); i++) {
      for (int t = 0; t < longest; t++) {
        flat[i * longest + t] = rows.get(i).tokenAt(Math.min(t, rows.get(i).length() - 1));
      }
    }
    return InferenceArgument.of(scope.create(flat, new Shape(rows.size(), longest)));
  }
}
