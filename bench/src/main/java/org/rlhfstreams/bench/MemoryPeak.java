package org.rlhfstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.GenerationLoad;
import org.rlhfstreams.model.memory.InferenceMemory;
import org.rlhfstreams.model.memory.MemoryEstimate;
import org.rlhfstreams.model.memory.TrainingLoad;
import org.rlhfstreams.model.memory.TrainingMemory;
import org.rlhfstreams.model.memory.TrainingMode;
import org.rlhfstreams.model.training.MicroBatchSettings;

/** Resident memory of one task at its peak, as it was predicted and as Linux measured it. */
public final class MemoryPeak {
  private static final int RANK = 8;

  private MemoryPeak() {}

  /**
   * Arguments: model directory; inference or training; float32, bfloat16 or auto; rows; tokens a
   * row; for training any of checkpointing, bfloat16-moments and lora.
   */
  public static void main(String[] arguments) throws IOException {
    ModelDirectory model = ModelDirectory.open(Path.of(arguments[0]));
    ComputeType type = ComputeType.named(arguments[2]);
    int rows = Integer.parseInt(arguments[3]);
    int tokens = Integer.parseInt(arguments[4]);
    List<String> options = Arrays.asList(arguments).subList(5, arguments.length);
    MemoryTask task = new MemoryTask(model);
    TransformerConfiguration configuration = model.configuration();
    MemoryEstimate estimate;
    if (arguments[1].equals("inference")) {
      GenerationLoad load = new GenerationLoad(rows, tokens / 2, tokens);
      estimate = InferenceMemory.of(configuration, model.fileBytes(), type, load);
      task.generate(type, load);
    } else {
      TrainingMode mode = mode(configuration, type, options);
      TrainingLoad load = new TrainingLoad(rows, tokens, microBatches(options));
      estimate = TrainingMemory.of(configuration, model.fileBytes(), mode, load);
      task.train(mode, load);
    }
    report(String.join(" ", Arrays.asList(arguments).subList(1, arguments.length)), estimate);
    System.exit(0);
  }

  private static TrainingMode mode(
      TransformerConfiguration configuration, ComputeType type, List<String> options) {
    TrainingMode mode =
        options.contains("lora")
            ? TrainingMode.lora(type, LowRankAdapters.ofRank(RANK, configuration))
            : TrainingMode.full(type);
    return options.contains("bfloat16-moments") ? mode.withMoments(ComputeType.BFLOAT16) : mode;
  }

  private static MicroBatchSettings microBatches(List<String> options) {
    return MicroBatchSettings.DEFAULT.withCheckpointLayers(options.contains("checkpointing"));
  }

  private static void report(String task, MemoryEstimate estimate) throws IOException {
    double measured = highestResident();
    System.out.printf(
        Locale.ROOT,
        "RESULT predicted %.0f MB, measured %.0f MB, ratio %.2f: %s%n",
        estimate.bytes() / 1e6,
        measured / 1e6,
        estimate.bytes() / measured,
        task);
    System.out.printf(
        Locale.ROOT,
        "  highest at %s: %s%n",
        estimate.peak().name(),
        estimate.peak().parts().entrySet().stream()
            .map(
                part ->
                    String.format(
                        Locale.ROOT, "%s %.0f", part.getKey().label(), part.getValue() / 1e6))
            .collect(Collectors.joining(", ")));
  }

  /** Bytes, of this process. */
  private static long highestResident() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(found -> found.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }
}
