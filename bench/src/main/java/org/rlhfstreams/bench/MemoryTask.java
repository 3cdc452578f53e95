package org.rlhfstreams.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.memory.GenerationLoad;
import org.rlhfstreams.model.memory.TrainingLoad;
import org.rlhfstreams.model.memory.TrainingMode;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.OptimizerSettings;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/** The work whose memory is measured, on random tokens. */
final class MemoryTask {
  private static final int STEPS = 3;

  private final ModelDirectory model;
  private final SplittableRandom random = new SplittableRandom(0);

  MemoryTask(ModelDirectory model) {
    this.model = model;
  }

  private int[] tokens(int count) {
    int vocabulary = Math.min(4000, model.configuration().vocabularySize());
    return random.ints(count, 10, vocabulary).toArray();
  }

  void generate(ComputeType type, GenerationLoad load) {
    GeneratorSettings settings = new GeneratorSettings(load.slots(), load.tokens(), Set.of());
    try (Decoder decoder = new Decoder(model.configuration(), type);
        PackedWeights weights = PackedWeights.taking(decoder, Weights.read(model, type));
        Generator generator = new Generator(decoder, weights, 0, settings)) {
      int response = load.tokens() - load.promptTokens();
      for (int row = 0; row < load.slots(); row++) {
        Sampling sampling = new Sampling(0.7, 0, 1, response, row);
        generator.submit(new GenerationRequest("row" + row, tokens(load.promptTokens()), sampling));
      }
      while (!generator.idle()) {
        generator.step();
      }
    }
  }

  void train(TrainingMode mode, TrainingLoad load) {
    List<TokenRow> rows = new ArrayList<>();
    float[][] gradients = new float[load.rows()][load.tokens() - 1];
    for (float[] gradient : gradients) {
      rows.add(new TokenRow(tokens(load.tokens()), 1));
      Arrays.fill(gradient, 1f / (load.rows() * load.tokens()));
    }
    try (Decoder decoder = new Decoder(model.configuration(), mode.compute(), mode.adapters());
        TrainableModel trainable = trainable(decoder, mode, load.microBatches())) {
      for (int step = 0; step < STEPS; step++) {
        try (Pass pass = trainable.logProbabilityPass(rows)) {
          pass.backward(PassGradients.ofLogProbabilities(gradients));
        }
        trainable.update(1e-4);
      }
    }
  }

  private TrainableModel trainable(
      Decoder decoder, TrainingMode mode, MicroBatchSettings microBatches) {
    OptimizerSettings optimizer = new OptimizerSettings(0.9, 0.999, 1e-8, 0.01, 1, mode.moments());
    Optional<LowRankAdapters> adapters = mode.adapters();
    if (adapters.isEmpty()) {
      return new TrainableModel(decoder, Weights.read(model), false, optimizer, microBatches);
    }
    return TrainableModel.withAdapters(
        decoder,
        Weights.read(model, mode.compute()),
        Weights.initialAdapters(adapters.get(), model.configuration(), List.of(), 0),
        false,
        optimizer,
        microBatches);
  }
}
