package org.rlhfstreams.learner;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.advantage.OverlongPunishment;
import org.rlhfstreams.learner.assembly.ObjectiveBinding;
import org.rlhfstreams.learner.assembly.TrainerResources;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.data.AssistantMarks;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.RewardSum;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.learner.loop.Controls;
import org.rlhfstreams.learner.loop.ExampleSource;
import org.rlhfstreams.learner.loop.LearnableSignal;
import org.rlhfstreams.learner.loop.LearnableStaleness;
import org.rlhfstreams.learner.loop.LearnerLoop;
import org.rlhfstreams.learner.loop.LoopSettings;
import org.rlhfstreams.learner.loop.MetricsFile;
import org.rlhfstreams.learner.loop.PreferenceSources;
import org.rlhfstreams.learner.loop.RolloutEvaluations;
import org.rlhfstreams.learner.loop.RolloutSource;
import org.rlhfstreams.learner.loop.RunIdentity;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.ValidationRows;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.learner.training.JudgingTrainer;
import org.rlhfstreams.learner.training.Trainer;
import org.rlhfstreams.learner.validation.HeldOutWindow;
import org.rlhfstreams.learner.validation.PublicationGuard;
import org.rlhfstreams.learner.validation.Validation;
import org.rlhfstreams.learner.validation.VersionEvaluations;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.LiveConfiguration;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.objective.TrainingObjective;

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
    TrainerResources resources = TrainerResources.of(configuration);
    ObjectiveBinding binding = ObjectiveBinding.of(learner().objective());
    return binding instanceof ObjectiveBinding.OfPreferences<?> preferences
        ? onPreferences(preferences, resources)
        : onRollouts((ObjectiveBinding.OfRollouts) binding, resources);
  }

  private LearnerRun onRollouts(ObjectiveBinding.OfRollouts binding, TrainerResources resources) {
    Trainer<ScoredSample> trainer = opened.add(binding.trainer().apply(resources));
    TransformerConfiguration architecture = ModelDirectory.readConfiguration(resources.start());
    RewardSum rewards = new RewardSum(connection.configuration().effectiveRewards().all());
    ScoredSamples samples =
        new ScoredSamples(architecture.vocabularySize(), architecture.maxPositions(), rewards);
    RolloutSource source =
        opened.add(
            new RolloutSource(
                connection,
                rolloutRange(),
                samples,
                learner().batchSize(),
                connection.configuration().samplesLearnedTogether(),
                replay
                    ? LearnableStaleness.unbounded()
                    : new LearnableStaleness(connection.configuration().staleness()),
                signal()));
    return run(
        trainer,
        source,
        !replay,
        resources.start(),
        Validation.none(learner()),
        evaluations(samples, rewards),
        PublicationGuard.none());
  }

  private RolloutEvaluations evaluations(ScoredSamples samples, RewardSum rewards) {
    if (replay || learner().evaluateEvery() == 0) {
      return RolloutEvaluations.none();
    }
    return opened.add(
        RolloutEvaluations.of(
            connection, new VersionEvaluations(samples, rewards, learner(), System::nanoTime)));
  }

  private LearnableSignal signal() {
    CriticFreeConfiguration settings = connection.configuration().criticFree();
    if (!settings.dynamicSampling() || !learner().objective().comparesSamples()) {
      return LearnableSignal.notNeeded();
    }
    Optional<OverlongPunishment> overlong =
        OverlongPunishment.of(settings, connection.configuration().sampling().maxNewTokens());
    double missingEnd = settings.missingEosPenalty().orElse(0);
    return LearnableSignal.needed(
        sample ->
            overlong
                    .map(punishment -> punishment.of(sample.behaviorLogProbabilities().length))
                    .orElse(0.0)
                + (sample.stopped() ? 0 : missingEnd));
  }

  private RangeConfiguration rolloutRange() {
    RangeConfiguration range = connection.configuration().range();
    if (!replay && !range.isDefault()) {
      throw new ConfigurationException(
          "range.from and range.until are for objectives on preferences and for rlhf replay;"
              + " rollouts are learned as they come: leave them out");
    }
    return replay ? range : RangeConfiguration.forEver();
  }

  private <E extends Example> LearnerRun onPreferences(
      ObjectiveBinding.OfPreferences<E> binding, TrainerResources resources) {
    EvaluatingTrainer<E> trainer = opened.add(binding.trainer().apply(resources));
    PreferenceRows texts = texts(resources);
    ValidationRows<E> rows =
        new ValidationRows<>(
            preference -> binding.conversion().of(texts, preference), validation, learner());
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
    return run(
        trainer,
        source,
        endless,
        resources.start(),
        rows.of(trainer),
        RolloutEvaluations.none(),
        guard);
  }

  private PreferenceRows texts(TrainerResources resources) {
    ModelDirectory model = ModelDirectory.open(resources.start());
    Tokenizer tokenizer = opened.add(Tokenizer.open(resources.start(), model.configuration()));
    Optional<ChatTemplate> template = ChatTemplate.find(model.path());
    boolean assistantOnly = learner().assistantOnlyLoss();
    return new PreferenceRows(
        tokenizer,
        assistantOnly ? Optional.of(AssistantMarks.of(template, tokenizer)) : template,
        new RowJoin(resources.longestRow(), learner().truncation()),
        assistantOnly);
  }

  private <E extends Example> LearnerRun run(
      Trainer<E> trainer,
      ExampleSource<E> source,
      boolean publishEveryStep,
      Path start,
      Validation<E> validations,
      RolloutEvaluations evaluations,
      PublicationGuard<E> guard) {
    TrainingObjective objective = learner().objective();
    Topic weights =
        objective.trainsRewardModel()
            ? connection.topics().rewardWeights()
            : connection.topics().policyWeights();
    CheckpointStore store = new CheckpointStore(learner().checkpointDirectory(), start);
    LoopSettings settings =
        new LoopSettings(
            replay
                ? RunIdentity.replay(connection, objective.text(), store, weights)
                : RunIdentity.first(connection, objective.text()),
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
            validations,
            evaluations,
            guard,
            replay ? Optional.empty() : Optional.of(opened.add(new Controls(connection))));
    return new LearnerRun(opened, trainer, loop, store, validations, evaluations, start);
  }

  private LearnerConfiguration learner() {
    return connection.configuration().learner();
  }
}
