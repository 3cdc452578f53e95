package org.rlhfstreams.learner;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.learner.loop.Controls;
import org.rlhfstreams.learner.loop.ExampleSource;
import org.rlhfstreams.learner.loop.LearnerLoop;
import org.rlhfstreams.learner.loop.LoopSettings;
import org.rlhfstreams.learner.loop.MetricsFile;
import org.rlhfstreams.learner.loop.PreferenceConverter;
import org.rlhfstreams.learner.loop.PreferenceSources;
import org.rlhfstreams.learner.loop.RolloutSource;
import org.rlhfstreams.learner.loop.RunIdentity;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.ValidationRows;
import org.rlhfstreams.learner.objectives.RewardObjective;
import org.rlhfstreams.learner.objectives.preference.KahnemanTverskyObjective;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.reference.KeptReference;
import org.rlhfstreams.learner.reference.ReferenceDigest;
import org.rlhfstreams.learner.reference.ReferenceLogProbabilities;
import org.rlhfstreams.learner.training.CriticFreeStrategy;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.learner.training.JudgingTrainer;
import org.rlhfstreams.learner.training.LabelTrainer;
import org.rlhfstreams.learner.training.OnlinePreferenceTrainer;
import org.rlhfstreams.learner.training.PpoStrategy;
import org.rlhfstreams.learner.training.PreferenceTrainer;
import org.rlhfstreams.learner.training.RewardTrainer;
import org.rlhfstreams.learner.training.RolloutTrainer;
import org.rlhfstreams.learner.training.SupervisedTrainer;
import org.rlhfstreams.learner.training.Trainer;
import org.rlhfstreams.learner.validation.HeldOutWindow;
import org.rlhfstreams.learner.validation.PublicationGuard;
import org.rlhfstreams.learner.validation.Validation;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.LiveConfiguration;
import org.rlhfstreams.service.configuration.PpoConfiguration;
import org.rlhfstreams.service.configuration.PreferenceConfiguration;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.ValueModelKind;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;

/**
 * How a learner is put together from its configuration: models, trainer, source and loop.
 *
 * @param validation rows that it is evaluated on and does not learn from
 * @param replay whether it goes over a range of the log again
 */
record LearnerAssembly(
    KafkaConnection connection,
    StepListener listener,
    ShutdownSequence opened,
    List<Preference> validation,
    boolean replay) {

  LearnerRun assemble() {
    RlhfConfiguration configuration = connection.configuration();
    ComputeDevice.select(configuration.model().device());
    TrainableModels models = new TrainableModels(configuration);
    return switch (configuration.learner().objective()) {
      case SFT -> supervised(models, configuration.model().requiredPolicy());
      case REWARD -> reward(models, configuration.model().requiredReward());
      case DPO -> pairs(models, PairObjectives.directPreference(configuration.preference()));
      case ORPO -> pairs(models, PairObjectives.oddsRatio(configuration.preference()));
      case KTO -> labels(models, configuration);
      case PPO -> ppo(models, configuration);
      case GRPO, DR_GRPO, RLOO, REINFORCE_PLUS_PLUS -> criticFree(models, configuration);
      case ONLINE_DPO -> onlinePreference(models, configuration);
    };
  }

  private LearnerRun supervised(TrainableModels models, Path start) {
    SupervisedTrainer trainer =
        opened.add(new SupervisedTrainer(models.languageModel(start), learner().learningRate()));
    PreferenceRows rows = rows(start);
    return offline(
        trainer,
        preference -> List.of(rows.demonstration(preference)),
        connection.topics().policyWeights(),
        start);
  }

  private LearnerRun pairs(TrainableModels models, PairObjective objective) {
    Path start = connection.configuration().model().requiredPolicy();
    PreferenceTrainer trainer =
        opened.add(
            new PreferenceTrainer(
                models.languageModel(start),
                objective.needsReference() ? Optional.of(reference(models)) : Optional.empty(),
                objective,
                learner().learningRate()));
    PreferenceRows rows = rows(start);
    return offline(
        trainer,
        preference -> List.of(rows.pair(preference)),
        connection.topics().policyWeights(),
        start);
  }

  private LearnerRun labels(TrainableModels models, RlhfConfiguration configuration) {
    Path start = configuration.model().requiredPolicy();
    PreferenceConfiguration settings = configuration.preference();
    LabelTrainer trainer =
        opened.add(
            new LabelTrainer(
                models.languageModel(start),
                reference(models),
                new KahnemanTverskyObjective(
                    settings.beta(), settings.desirableWeight(), settings.undesirableWeight()),
                longestRow(ModelDirectory.readConfiguration(start)),
                learner().learningRate()));
    PreferenceRows rows = rows(start);
    return offline(trainer, rows::labelled, connection.topics().policyWeights(), start);
  }

  private ReferenceLogProbabilities reference(TrainableModels models) {
    RlhfConfiguration configuration = connection.configuration();
    Path directory = configuration.model().referenceOrPolicy();
    String digest = ReferenceDigest.of(directory, configuration.model().dtype().name());
    return new KeptReference(
        learner().output().resolve("reference-log-probabilities").resolve(digest),
        () -> models.reference(directory));
  }

  private LearnerRun reward(TrainableModels models, Path start) {
    RewardTrainer trainer =
        opened.add(
            new RewardTrainer(
                models.scorer(start),
                new RewardObjective(connection.configuration().preference().rewardCentering()),
                learner().learningRate()));
    PreferenceRows rows = rows(start);
    return offline(
        trainer,
        preference -> List.of(rows.pair(preference)),
        connection.topics().rewardWeights(),
        start);
  }

  private LearnerRun ppo(TrainableModels models, RlhfConfiguration configuration) {
    Path start = configuration.model().requiredPolicy();
    PpoConfiguration settings = configuration.ppo();
    boolean headed = settings.valueModel() == ValueModelKind.HEAD;
    RolloutTrainer trainer =
        opened.add(
            new RolloutTrainer(
                new PpoStrategy(settings),
                headed ? models.withValueHead(start) : models.languageModel(start),
                headed
                    ? Optional.empty()
                    : Optional.of(models.scorer(configuration.model().requiredReward())),
                learner()));
    return rollouts(trainer, start);
  }

  private LearnerRun criticFree(TrainableModels models, RlhfConfiguration configuration) {
    Path start = configuration.model().requiredPolicy();
    return rollouts(
        opened.add(
            new RolloutTrainer(
                new CriticFreeStrategy(
                    learner().objective(),
                    configuration.criticFree(),
                    configuration.sampling().maxNewTokens()),
                models.languageModel(start),
                Optional.empty(),
                learner())),
        start);
  }

  private LearnerRun onlinePreference(TrainableModels models, RlhfConfiguration configuration) {
    Path start = configuration.model().requiredPolicy();
    return rollouts(
        opened.add(
            new OnlinePreferenceTrainer(
                models.languageModel(start),
                PairObjectives.directPreference(configuration.preference()),
                configuration.criticFree().missingEosPenalty().orElse(0),
                learner())),
        start);
  }

  private LearnerRun rollouts(Trainer<ScoredSample> trainer, Path start) {
    TransformerConfiguration architecture = ModelDirectory.readConfiguration(start);
    RolloutSource source =
        opened.add(
            new RolloutSource(
                connection,
                rolloutRange(),
                new ScoredSamples(architecture.vocabularySize(), architecture.maxPositions()),
                learner().batchSize(),
                connection.configuration().samplesLearnedTogether()));
    Topic weights = connection.topics().policyWeights();
    return run(
        trainer,
        source,
        weights,
        !replay,
        start,
        Validation.none(learner()),
        PublicationGuard.none());
  }

  private RangeConfiguration rolloutRange() {
    RangeConfiguration range = connection.configuration().range();
    if (!replay && !range.isDefault()) {
      throw new ConfigurationException(
          "range.from and range.until are for objectives on preferences and for rlhf replay; rollouts"
              + " are learned as they come: leave them out");
    }
    return replay ? range : RangeConfiguration.forEver();
  }

  private PreferenceRows rows(Path start) {
    ModelDirectory model = ModelDirectory.open(start);
    Tokenizer tokenizer = opened.add(Tokenizer.open(start, model.configuration()));
    return new PreferenceRows(
        tokenizer,
        ChatTemplate.find(model.path()),
        new RowJoin(longestRow(model.configuration()), learner().truncation()));
  }

  private int longestRow(TransformerConfiguration architecture) {
    return Math.min(learner().maxLength(), architecture.maxPositions());
  }

  private <E extends Example> LearnerRun offline(
      EvaluatingTrainer<E> trainer, PreferenceConverter<E> converter, Topic weights, Path start) {
    ValidationRows<E> rows = new ValidationRows<>(converter, validation, learner());
    LiveConfiguration live = connection.configuration().live();
    HeldOutWindow<E> heldOut = new HeldOutWindow<>(live.heldOutRows());
    ExampleSource<E> source = opened.add(PreferenceSources.of(connection, rows, heldOut));
    boolean endless = connection.configuration().range().isLive();
    PublicationGuard<E> guard = PublicationGuard.none();
    if (endless
        && trainer instanceof JudgingTrainer<E> judging
        && live.heldOutShareFor(learner().objective()) > 0) {
      guard = opened.add(PublicationGuard.of(judging, heldOut, live.guardRows()));
    }
    return run(trainer, source, weights, endless, start, rows.of(trainer), guard);
  }

  private <E extends Example> LearnerRun run(
      Trainer<E> trainer,
      ExampleSource<E> source,
      Topic weights,
      boolean publishEveryStep,
      Path start,
      Validation<E> evaluations,
      PublicationGuard<E> guard) {
    String objective = learner().objective().text();
    CheckpointStore store = new CheckpointStore(learner().checkpointDirectory(), start);
    LoopSettings settings =
        new LoopSettings(
            replay
                ? RunIdentity.replay(connection, objective, store, weights)
                : RunIdentity.first(connection, objective),
            ModelDirectory.readConfiguration(start).architecture().modelType(),
            weights,
            publishEveryStep,
            learner());
    LearnerLoop<E> loop =
        new LearnerLoop<>(
            connection,
            settings,
            source,
            trainer,
            store,
            new MetricsFile(learner().output()),
            listener,
            evaluations,
            guard,
            replay ? Optional.empty() : Optional.of(opened.add(new Controls(connection))));
    return new LearnerRun(opened, trainer, loop, store, evaluations, start);
  }

  private LearnerConfiguration learner() {
    return connection.configuration().learner();
  }
}
