package org.rlhfstreams.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.rlhfstreams.model.decoder.SamplingSetting;
import org.rlhfstreams.model.torchscript.InferenceArgument;

/** The settings of rows in the form that the sampling script takes. */
final class SamplingTensors {
  private SamplingTensors() {}

  /** A row of the tensor for each {@link SamplingSetting}, [settings, rows]. */
  static InferenceArgument settings(NDManager scope, List<RunningRow> rows) {
    int count = rows.size();
    SamplingSetting[] settings = SamplingSetting.values();
    float[] values = new float[settings.length * count];
    for (SamplingSetting setting : settings) {
      for (int i = 0; i < count; i++) {
        values[setting.code() * count + i] = value(setting, rows.get(i));
      }
    }
    return InferenceArgument.of(scope.create(values, new Shape(settings.length, count)));
  }

  private static float value(SamplingSetting setting, RunningRow row) {
    Sampling sampling = row.sampling();
    return switch (setting) {
      case TEMPERATURE -> (float) sampling.temperature();
      case TOP_K -> sampling.topK();
      case TOP_P -> (float) sampling.topP();
      case MIN_P -> (float) sampling.minP();
      case REPETITION_PENALTY -> (float) sampling.repetitionPenalty();
      case STOP_FORBIDDEN -> row.mayStop() ? 0 : 1;
    };
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
