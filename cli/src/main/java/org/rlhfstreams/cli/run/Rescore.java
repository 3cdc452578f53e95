package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.evaluation.RewardChange;
import org.rlhfstreams.evaluation.result.RescoreCounts;
import org.rlhfstreams.evaluation.result.RescoreResult;
import org.rlhfstreams.evaluation.result.RescoredRow;
import org.rlhfstreams.evaluation.result.RescoredText;
import org.rlhfstreams.evaluation.result.ResultFiles;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.reward.StandaloneScorer;
import org.rlhfstreams.reward.rescore.OldReward;
import org.rlhfstreams.reward.rescore.RescoreListener;
import org.rlhfstreams.reward.rescore.RescoredRollouts;
import org.rlhfstreams.reward.rescore.Rescoring;
import org.rlhfstreams.reward.rescore.RolloutTexts;
import org.rlhfstreams.reward.rescore.ScorePair;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** One more scorer over a part of a cluster's log, and what it says against the old reward. */
public final class Rescore {
  private static final int INTERRUPTED = 130;
  private static final int SHOWN = 10;
  private static final long NANOS_BETWEEN = TimeUnit.SECONDS.toNanos(5);
  private static final String INDEX = "rlhf-rescore";
  private static final String GONE = "(no longer in the log)";

  private final ConfigurationOptions options;
  private final String name;
  private final Optional<String> version;
  private final Optional<String> against;
  private final OptionalInt partition;
  private final Path temporary;

  /**
   * @param name of the reward whose scorer scores
   * @param version of the scores; empty for the scorer's own
   * @param against whose scores are compared with; empty for the other rewards
   * @param partition the only one that is wanted; empty for all
   * @param temporary directory of an index of the log's scores
   */
  public Rescore(
      ConfigurationOptions options,
      String name,
      Optional<String> version,
      Optional<String> against,
      OptionalInt partition,
      Path temporary) {
    this.options = options;
    this.name = name;
    this.version = version;
    this.against = against;
    this.partition = partition;
    this.temporary = temporary;
  }

  /**
   * Scores and compares.
   *
   * @param files where the result goes, asked for before anything is scored
   * @return the exit code
   */
  public int run(Supplier<ResultFiles> files) {
    RlhfConfiguration configuration = options.load();
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    against.ifPresent(Rescore::requireName);
    ResultFiles results = files.get();
    RewardConfiguration reward = StandaloneScorer.require(configuration, name);
    Optional<OldReward> old =
        against
            .map(OldReward::of)
            .or(() -> OldReward.of(configuration.effectiveRewards().all(), name));
    try (Interruption interruption = new Interruption()) {
      KafkaConnection connection =
          Cluster.connect(configuration, Role.REWARD_SERVICE, System.out::println);
      Progress progress = new Progress();
      try (StandaloneScorer scorer = StandaloneScorer.open(connection, reward, interruption);
          TemporaryIndex index =
              TemporaryIndex.open(temporary.resolve(INDEX), "--temporary-directory")) {
        String scoresVersion = version.orElse(scorer.version());
        Optional<RescoredRollouts> found =
            new Rescoring(connection, scorer, scoresVersion, old, index, progress)
                .run(configuration.range(), partition, interruption);
        if (found.isEmpty()) {
          System.out.printf(
              Locale.ROOT,
              "stopped with %,d rollouts scored; the same command goes on%n",
              progress.scored);
          return INTERRUPTED;
        }
        requireSome(found.get());
        results.write(
            result(
                connection, scoresVersion, old, configuration.range(), found.get(), interruption));
      }
    }
    return 0;
  }

  private static void requireName(String scorer) {
    if (!ScoreRules.isName(scorer)) {
      throw new CommandException(
          "--against %s: that is no scorer's name: letters, digits, dots, hyphens and underscores"
              .formatted(scorer));
    }
  }

  private void requireSome(RescoredRollouts found) {
    if (found.rollouts() == 0) {
      throw new CommandException(
          found.unusable() == 0
              ? "there are no rollouts between --from and --until: choose an earlier begin or a later end"
              : String.format(
                  Locale.ROOT,
                  "none of %,d records between --from and --until is a rollout; the first: %s",
                  found.unusable(),
                  found.reasons().keySet().iterator().next()));
    }
  }

  private RescoreResult result(
      KafkaConnection connection,
      String scoresVersion,
      Optional<OldReward> old,
      RangeConfiguration range,
      RescoredRollouts found,
      Interruption interruption) {
    List<ScorePair> pairs = found.pairs();
    List<RescoredRow> rows =
        pairs.stream()
            .map(pair -> new RescoredRow(pair.rolloutId(), pair.step(), pair.before(), pair.now()))
            .toList();
    RewardChange change = new RewardChange(rows);
    List<Integer> largest = change.largest(SHOWN);
    Map<String, Rollout> rollouts =
        RolloutTexts.of(connection, largest.stream().map(pairs::get).toList(), interruption);
    List<RescoredText> texts = new ArrayList<>();
    for (int index : largest) {
      RescoredRow row = rows.get(index);
      Optional<Rollout> rollout = Optional.ofNullable(rollouts.get(row.rollout()));
      texts.add(
          new RescoredText(
              row.rollout(),
              row.before(),
              row.now(),
              change.before(index),
              change.now(index),
              rollout.map(Rollout::getPromptText).orElse(GONE),
              rollout.map(Rollout::getResponseText).orElse(GONE)));
    }
    return RescoreResult.of(
        name,
        scoresVersion,
        old.map(OldReward::text).orElse(null),
        "from %s until %s".formatted(range.from(), range.until()),
        new RescoreCounts(
            found.rollouts(),
            found.scored(),
            found.present(),
            found.refused(),
            found.unusable(),
            found.withoutOldReward(),
            found.reasons()),
        texts,
        rows);
  }

  /** Says how far it is, every few seconds. */
  private final class Progress implements RescoreListener {
    private long scored;
    private long said = System.nanoTime();

    @Override
    public void cut(TopicPartition part, long oldest) {
      System.out.printf(
          Locale.ROOT,
          "%s begins at offset %d: retention has removed what came before, which is not scored%n",
          part,
          oldest);
    }

    @Override
    public void done(long records, long scoredSoFar) {
      scored = scoredSoFar;
      if (System.nanoTime() - said > NANOS_BETWEEN) {
        said = System.nanoTime();
        System.err.printf(
            Locale.ROOT, "rescore %s: %,d rollouts, %,d scored%n", name, records, scoredSoFar);
      }
    }
  }
}
