package org.rlhfstreams.topology.admission;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/**
 * The held-out prompts and the rule when a version of the policy is put to them: the run's first
 * weights, each {@code evaluateEvery}-th step and the last one, each version once. A request's id
 * is {@code promptId/evaluation/generation.step}.
 */
final class HeldOutPrompts {
  /** What the template of a held-out prompt has until a version is put to it. */
  static final Evaluation UNRELEASED = new Evaluation(new WeightVersion(0, 0L), 0);

  private static final String KNOWN = "held-out-prompts";
  private static final String DUE = "evaluation-due/";
  private static final String RELEASED = "evaluation-released/";
  private static final String GENERATION = "generation";
  private static final String STEP = "step";

  private final KeyValueStore<Long, RolloutRequest> prompts;
  private final KeyValueStore<String, Long> counters;

  /**
   * @param prompts templates by number
   * @param counters those of admission, of which it has some
   */
  HeldOutPrompts(
      KeyValueStore<Long, RolloutRequest> prompts, KeyValueStore<String, Long> counters) {
    this.prompts = prompts;
    this.counters = counters;
  }

  /** Keeps a prompt that is new; its number. */
  long remember(RolloutRequest template) {
    long number = known();
    prompts.put(number, template);
    counters.put(KNOWN, number + 1);
    return number;
  }

  /** How many there are. */
  long known() {
    Long known = counters.get(KNOWN);
    return known == null ? 0 : known;
  }

  /** A run has been stated: its first weights are due, before it has done a step. */
  void stated(RunStatement run) {
    if (run.getEvaluateEvery() > 0 && run.getFirstVersion().getStep() == 0) {
      isDue(run.getFirstVersion());
    }
  }

  /** The run has done a step. */
  void stepped(RunStatement run, WeightVersion version) {
    int every = run.getEvaluateEvery();
    if (every > 0 && (version.getStep() % every == 0 || version.getStep() == run.getMaxSteps())) {
      isDue(version);
    }
  }

  private void isDue(WeightVersion version) {
    boolean isNew =
        read(RELEASED).map(released -> WeightVersions.isNewer(version, released)).orElse(true);
    if (isNew) {
      write(DUE, version);
    }
  }

  /** The version that is due to be put to all of them, unless there are none. */
  Optional<WeightVersion> due() {
    return known() == 0 ? Optional.empty() : read(DUE);
  }

  /** The request that puts a version to a prompt. */
  RolloutRequest request(long number, WeightVersion version, long timestamp) {
    RolloutRequest template = prompts.get(number);
    return RolloutRequest.newBuilder(template)
        .setRequestId(template.getPromptId() + "/evaluation/" + WeightVersions.text(version))
        .setSamples(1)
        .setMinimumVersion(version)
        .setEvaluation(new Evaluation(version, Math.toIntExact(known())))
        .setCreatedAt(Instant.ofEpochMilli(timestamp))
        .build();
  }

  /** The version that was due has been put to all of them. */
  void released(WeightVersion version) {
    write(RELEASED, version);
    counters.delete(DUE + GENERATION);
    counters.delete(DUE + STEP);
  }

  private Optional<WeightVersion> read(String name) {
    Long generation = counters.get(name + GENERATION);
    Long step = counters.get(name + STEP);
    return generation == null || step == null
        ? Optional.empty()
        : Optional.of(new WeightVersion(Math.toIntExact(generation), step));
  }

  private void write(String name, WeightVersion version) {
    counters.put(name + GENERATION, (long) version.getGeneration());
    counters.put(name + STEP, version.getStep());
  }
}
