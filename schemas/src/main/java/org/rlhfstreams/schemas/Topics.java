package org.rlhfstreams.schemas;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.InputPosition;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightRecord;

/**
 * Every topic of the system, as data.
 *
 * @param prefix put before every name, such as {@code rlhf.}
 * @param sharedPartitions partitions of the topics that several workers share
 */
public record Topics(String prefix, int sharedPartitions) {
  private static final String FOREVER = "-1";

  /** Bytes of a batch of records, as it is sent, that every topic takes. */
  public static final int LARGEST_BATCH = 1 << 20;

  private static final String LARGEST_RECORD = String.valueOf(LARGEST_BATCH);

  /** The smallest that Kafka takes: only closed segments are compacted. */
  private static final String SMALL_SEGMENT = String.valueOf(1 << 20);

  /** A broker keeps a segment until all versions in it have been dropped. */
  private static final String WEIGHTS_SEGMENT = String.valueOf(64 << 20);

  /** What to answer, from outside. */
  public Topic prompts() {
    return events("prompts", "prompt id", Prompt.getClassSchema(), sharedPartitions, FOREVER);
  }

  /** What admission has released to the workers. */
  public Topic rolloutRequests() {
    return events(
        "rollout-requests",
        "request id",
        RolloutRequest.getClassSchema(),
        sharedPartitions,
        FOREVER);
  }

  /**
   * What admission has released to measure versions of the policy. One partition: versions are
   * measured in their order.
   */
  public Topic evaluationRequests() {
    return events("evaluation-requests", "request id", RolloutRequest.getClassSchema(), 1, FOREVER);
  }

  /** What workers have sampled. */
  public Topic rollouts() {
    return events("rollouts", "request id", Rollout.getClassSchema(), sharedPartitions, FOREVER);
  }

  /**
   * What each scorer says of each rollout. What is said of a rollout is in the partition of the
   * same number as the rollout itself: the join of both reads them together.
   */
  public Topic scores() {
    return events("scores", "request id", Score.getClassSchema(), sharedPartitions, FOREVER);
  }

  /** Rollouts with all their scores. One partition: its order is the order of training. */
  public Topic scoredRollouts() {
    return events("scored-rollouts", "request id", ScoredRollout.getClassSchema(), 1, FOREVER);
  }

  /** Answers to held-out prompts with all their scores; nothing is learned from them. */
  public Topic scoredEvaluations() {
    return events("scored-evaluations", "request id", ScoredRollout.getClassSchema(), 1, FOREVER);
  }

  /** Open questions for people. */
  public Topic comparisons() {
    return events("comparisons", "comparison id", Comparison.getClassSchema(), 1, FOREVER);
  }

  /** Their answers. */
  public Topic judgements() {
    return events("judgements", "comparison id", Judgement.getClassSchema(), 1, FOREVER);
  }

  /** Pairs and demonstrations to learn from. One partition: its order is the order of training. */
  public Topic preferences() {
    return events("preferences", "prompt id", Preference.getClassSchema(), 1, FOREVER);
  }

  /** Versions of the policy. */
  public Topic policyWeights() {
    return weights("policy-weights");
  }

  /** Versions of the reward model. */
  public Topic rewardWeights() {
    return weights("reward-weights");
  }

  /** One record a learner's step. One partition: a run's steps are read in order. */
  public Topic trainingMetrics() {
    return events("training-metrics", "run id", StepMetrics.getClassSchema(), 1, FOREVER);
  }

  /** What each learner states of its run; the newest statement of a run holds. */
  public Topic runs() {
    return newest("runs", "run id", RunStatement.getClassSchema());
  }

  /**
   * How far each group has come in what it reads; the newest position of a group in a partition
   * holds. What is said of an input's partition is in the partition of the same number.
   */
  public Topic positions() {
    Topic newest =
        newest("positions", "group, topic and partition", InputPosition.getClassSchema());
    Map<String, String> settings = new HashMap<>(newest.settings());
    settings.put("segment.bytes", SMALL_SEGMENT); // it is read whole when a member gets a share
    return new Topic(newest.name(), newest.key(), newest.schema(), sharedPartitions, settings);
  }

  /** Running figures of each policy version's rollouts; the newest record of a version holds. */
  public Topic rolloutStatistics() {
    return newest("rollout-statistics", "policy version", RolloutStatistics.getClassSchema());
  }

  /** Running figures of each annotator; the newest record of one holds. */
  public Topic annotatorStatistics() {
    return newest("annotator-statistics", "annotator", AnnotatorStatistics.getClassSchema());
  }

  /** What people ask of the run. */
  public Topic controls() {
    return events("controls", "command id", ControlCommand.getClassSchema(), 1, FOREVER);
  }

  /** Records that nobody could use, with the reason. */
  public Topic deadLetters() {
    return events("dead-letters", "source topic", DeadLetter.getClassSchema(), 1, FOREVER);
  }

  /** All of them. */
  public List<Topic> all() {
    return List.of(
        prompts(),
        rolloutRequests(),
        evaluationRequests(),
        rollouts(),
        scores(),
        scoredRollouts(),
        scoredEvaluations(),
        comparisons(),
        judgements(),
        preferences(),
        policyWeights(),
        rewardWeights(),
        runs(),
        positions(),
        trainingMetrics(),
        rolloutStatistics(),
        annotatorStatistics(),
        controls(),
        deadLetters());
  }

  private Topic newest(String name, String key, Schema schema) {
    Topic events = events(name, key, schema, 1, FOREVER);
    Map<String, String> settings = new HashMap<>(events.settings());
    settings.put("cleanup.policy", "compact");
    return new Topic(events.name(), events.key(), events.schema(), 1, settings);
  }

  private Topic events(String name, String key, Schema schema, int partitions, String retention) {
    return new Topic(
        prefix + name,
        key,
        schema,
        partitions,
        Map.of(
            "cleanup.policy",
            "delete",
            "retention.ms",
            retention,
            "retention.bytes",
            FOREVER,
            "compression.type",
            "producer",
            "max.message.bytes",
            LARGEST_RECORD));
  }

  /** Old versions are removed by the publisher, an anchor at a time, never by age. */
  private Topic weights(String name) {
    return new Topic(
        prefix + name,
        "version",
        WeightRecord.getClassSchema(),
        1,
        Map.of(
            "cleanup.policy",
            "delete",
            "retention.ms",
            FOREVER,
            "retention.bytes",
            FOREVER,
            "segment.bytes",
            WEIGHTS_SEGMENT,
            "compression.type",
            "uncompressed",
            "max.message.bytes",
            LARGEST_RECORD));
  }
}
