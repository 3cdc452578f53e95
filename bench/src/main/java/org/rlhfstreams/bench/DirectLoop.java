package org.rlhfstreams.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.assembly.TrainableModels;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.training.PpoStrategy;
import org.rlhfstreams.learner.training.RolloutTrainer;
import org.rlhfstreams.learner.training.TrainedModel;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** The loop's arithmetic called in a row: sample, score, reference, step, new weights. No Kafka. */
final class DirectLoop implements AutoCloseable {
  private final RlhfConfiguration configuration;
  private final List<int[]> prompts = new ArrayList<>();
  private final Decoder decoder;
  private final Decoder scorerDecoder;
  private final LiveWeights policy;
  private final PackedWeights reference;
  private final PackedWeights reward;
  private final Generator generator;
  private final InferenceModel inference;
  private final InferenceModel scorer;
  private final RolloutTrainer trainer;
  private int next;
  private long seed;

  DirectLoop(RlhfConfiguration configuration, List<String> openings) {
    this.configuration = configuration;
    Path path = configuration.model().requiredPolicy();
    ModelDirectory model = ModelDirectory.open(path);
    ModelDirectory rewardModel = ModelDirectory.open(configuration.model().requiredReward());
    try (Tokenizer tokenizer = Tokenizer.open(path)) {
      openings.forEach(opening -> prompts.add(tokenizer.encode(opening)));
    }
    this.decoder = new Decoder(model.configuration());
    this.scorerDecoder = new Decoder(rewardModel.configuration());
    this.policy = new LiveWeights(decoder, Weights.read(model));
    this.reference = PackedWeights.taking(decoder, Weights.read(model));
    this.reward = PackedWeights.taking(scorerDecoder, Weights.read(rewardModel));
    this.generator =
        new Generator(
            decoder,
            policy.active(),
            0,
            new GeneratorSettings(
                configuration.rolloutWorker().batchSize(),
                model.configuration().maxPositions(),
                model.stopTokens()));
    this.inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT);
    this.scorer = new InferenceModel(scorerDecoder, MicroBatchSettings.DEFAULT);
    TrainableModels models = new TrainableModels(configuration);
    this.trainer =
        new RolloutTrainer(
            new PpoStrategy(configuration.ppo()),
            models.languageModel(path),
            Optional.of(models.scorer(configuration.model().requiredReward())),
            configuration.learner());
  }

  /** One step. */
  void step() {
    List<Generation> responses = sample();
    List<TokenRow> rows = new ArrayList<>();
    List<TokenRow> ended = new ArrayList<>();
    for (Generation response : responses) {
      int[] prompt = response.request().promptTokenIds();
      rows.add(TokenRow.of(prompt, response.tokenIds()));
      int[] withEnd = Arrays.copyOf(response.tokenIds(), response.tokenIds().length + 1);
      ended.add(TokenRow.of(prompt, withEnd));
    }
    double[] temperatures = new double[rows.size()];
    Arrays.fill(temperatures, configuration.sampling().temperature());
    float[] scores = scorer.scores(reward, ended);
    float[][] referenceLogProbabilities = inference.logProbabilities(reference, rows, temperatures);
    List<ScoredSample> batch = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      batch.add(
          new ScoredSample(
              "sample" + i,
              "sample" + i,
              rows.get(i),
              responses.get(i).logProbabilities(),
              referenceLogProbabilities[i],
              scores[i],
              temperatures[i],
              responses.get(i).stopped(),
              new WeightVersion(0, 0L),
              new WeightVersion(0, 0L)));
    }
    trainer.step(batch, 1);
    takeWeights();
  }

  private List<Generation> sample() {
    List<Generation> finished = new ArrayList<>();
    for (int i = 0; i < configuration.learner().batchSize(); i++) {
      generator.submit(
          new GenerationRequest(
              "sample" + i,
              prompts.get(next++ % prompts.size()),
              new Sampling(
                  configuration.sampling().temperature(),
                  0,
                  1,
                  configuration.sampling().maxNewTokens(),
                  seed++)));
    }
    while (!generator.idle()) {
      finished.addAll(generator.step());
    }
    return finished;
  }

  private void takeWeights() {
    try (TrainedModel model = trainer.model(decoder.type())) {
      generator.swap(policy.take(model.weights()), next);
    }
  }

  @Override
  public void close() {
    trainer.close();
    generator.close();
    inference.close();
    scorer.close();
    policy.close();
    reference.close();
    reward.close();
    decoder.close();
    scorerDecoder.close();
  }
}
