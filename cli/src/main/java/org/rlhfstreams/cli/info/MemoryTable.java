package org.rlhfstreams.cli.info;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.memory.GenerationLoad;
import org.rlhfstreams.model.memory.InferenceMemory;
import org.rlhfstreams.model.memory.MemoryEstimate;
import org.rlhfstreams.model.memory.MemoryPart;
import org.rlhfstreams.model.memory.MemoryPhase;
import org.rlhfstreams.model.memory.TrainingLoad;
import org.rlhfstreams.model.memory.TrainingMemory;
import org.rlhfstreams.model.memory.TrainingMode;
import org.rlhfstreams.model.training.MicroBatchSettings;

/** Predicted memory of every task that a model can be given. */
public final class MemoryTable {
  private final TransformerConfiguration configuration;
  private final long fileBytes;
  private final Map<String, MemoryEstimate> rows = new LinkedHashMap<>();

  private MemoryTable(TransformerConfiguration configuration, long fileBytes) {
    this.configuration = configuration;
    this.fileBytes = fileBytes;
  }

  /**
   * Predicts all.
   *
   * @param fileBytes of the weight files
   * @param batchSize rows generated side by side, or trained on in a pass
   * @param tokens of a row; generation takes half of them for the prompt
   * @param loraRank of the adapters where adapters are trained
   * @param updates of a training step
   */
  public static MemoryTable of(
      TransformerConfiguration configuration,
      long fileBytes,
      int batchSize,
      int tokens,
      int loraRank,
      int updates) {
    MemoryTable table = new MemoryTable(configuration, fileBytes);
    if (!configuration.classifier()) {
      GenerationLoad load = new GenerationLoad(batchSize, (tokens + 1) / 2, tokens);
      table.addInference(ComputeType.FLOAT32, load);
      table.addInference(ComputeType.BFLOAT16, load);
    }
    TrainingMode half = TrainingMode.full(ComputeType.BFLOAT16);
    LowRankAdapters adapters = LowRankAdapters.ofRank(loraRank, configuration);
    Map<String, TrainingMode> modes = new LinkedHashMap<>();
    modes.put("train float32", TrainingMode.full(ComputeType.FLOAT32));
    modes.put("train bfloat16", half);
    modes.put("train bfloat16, bfloat16 optimizer", half.withMoments(ComputeType.BFLOAT16));
    modes.put(
        String.format(Locale.ROOT, "train LoRA %d, bfloat16", loraRank),
        TrainingMode.lora(ComputeType.BFLOAT16, adapters));
    MicroBatchSettings whole = MicroBatchSettings.DEFAULT;
    modes.forEach(
        (name, kind) -> {
          TrainingMode mode = kind.withUpdates(updates);
          table.addTraining(name, mode, new TrainingLoad(batchSize, tokens, whole));
          table.addTraining(
              name + ", checkpointing",
              mode,
              new TrainingLoad(batchSize, tokens, whole.withCheckpointLayers(true)));
        });
    return table;
  }

  private void addInference(ComputeType type, GenerationLoad load) {
    rows.put(
        "generate " + type.name().toLowerCase(Locale.ROOT),
        InferenceMemory.of(configuration, fileBytes, type, load));
  }

  private void addTraining(String name, TrainingMode mode, TrainingLoad load) {
    rows.put(name, TrainingMemory.of(configuration, fileBytes, mode, load));
  }

  /** Lines to print, in megabytes: the peak, and what it is made of. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder("%-50s%8s".formatted("MB", "peak"));
    for (MemoryPart part : MemoryPart.values()) {
      head.append(" %11s".formatted(part.label()));
    }
    lines.add(head.toString());
    rows.forEach((name, estimate) -> lines.add(line(name, estimate.peak())));
    return lines;
  }

  private static String line(String name, MemoryPhase peak) {
    StringBuilder line = new StringBuilder(name);
    line.append(" ".repeat(Math.max(1, 50 - name.length()))).append(megabytes(peak.total(), 8));
    for (MemoryPart part : MemoryPart.values()) {
      line.append(megabytes(peak.bytes(part), 12));
    }
    return line.toString();
  }

  private static String megabytes(long bytes, int width) {
    String number = String.format(Locale.ROOT, "%,.0f", bytes / 1e6);
    return " ".repeat(width - number.length()) + number;
  }

  /** Bytes by part, and of the peak, of each task. */
  public Map<String, Map<String, Object>> named() {
    Map<String, Map<String, Object>> named = new LinkedHashMap<>();
    rows.forEach(
        (name, estimate) -> {
          Map<String, Object> values = new LinkedHashMap<>();
          values.put("peak", estimate.bytes());
          values.put("at", estimate.peak().name());
          estimate.peak().parts().forEach((part, bytes) -> values.put(part.label(), bytes));
          named.put(name, values);
        });
    return named;
  }
}
