package org.rlhfstreams.reward;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerMessage;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.service.lifecycle.Pause;

/**
 * A scorer of the system's own kinds. What it refuses for now is asked again, at growing intervals,
 * for as long as the group leaves a member its partitions; then the refusal stands.
 */
final class BuiltInScorer implements RolloutScorer {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** Rounds of calls in a batch: the pause for its commit is small against them. */
  private static final int ROUNDS = 4;

  private final Scorer scorer;
  private final String version;
  private final Duration patience;
  private final BooleanSupplier stopped;

  /**
   * @param scorer closed with this one
   * @param version of the scorer in events
   * @param pollInterval how long the group waits for a member
   * @param stopped ends the wait for a service that is away
   */
  BuiltInScorer(Scorer scorer, String version, Duration pollInterval, BooleanSupplier stopped) {
    this.scorer = scorer;
    this.version = version;
    this.patience = pollInterval.dividedBy(3);
    this.stopped = stopped;
  }

  @Override
  public boolean wholeGroups() {
    return scorer.wholeGroups();
  }

  @Override
  public int batchSize(int configured) {
    return Math.max(configured, ROUNDS * scorer.parallelism());
  }

  @Override
  public List<ScorerAnswer> score(List<Rollout> rollouts) {
    List<ScorerInput> inputs = rollouts.stream().map(BuiltInScorer::input).toList();
    ScorerAnswer[] answers = new ScorerAnswer[inputs.size()];
    List<Integer> open = IntStream.range(0, answers.length).boxed().toList();
    long until = System.nanoTime() + patience.toNanos();
    Duration pause = FIRST_PAUSE;
    while (!open.isEmpty()) {
      Set<Integer> forNow = new TreeSet<>();
      List<ScorerResult> results = scorer.score(open.stream().map(inputs::get).toList());
      for (int i = 0; i < results.size(); i++) {
        int place = open.get(i);
        answers[place] = answer(results.get(i));
        if (results.get(i) instanceof ScoreRefusal refusal && refusal.tryAgain()) {
          forNow.add(place);
        }
      }
      open = scorer.wholeGroups() ? withTheirGroups(inputs, forNow) : List.copyOf(forNow);
      if (!open.isEmpty()) {
        if (System.nanoTime() + pause.toNanos() > until) {
          break;
        }
        Pause.of(pause, stopped);
        pause = pause.multipliedBy(2);
        requireGoingOn();
      }
    }
    return Arrays.asList(answers);
  }

  /** What is compared is compared with all of its group again. */
  private static List<Integer> withTheirGroups(List<ScorerInput> inputs, Set<Integer> places) {
    Set<String> groups =
        places.stream().map(place -> inputs.get(place).groupId()).collect(Collectors.toSet());
    return IntStream.range(0, inputs.size())
        .filter(place -> groups.contains(inputs.get(place).groupId()))
        .boxed()
        .toList();
  }

  /** What was not scored since the process ends is the next one's, and no failure. */
  private void requireGoingOn() {
    if (stopped.getAsBoolean()) {
      throw new WakeupException();
    }
  }

  private static ScorerInput input(Rollout rollout) {
    return new ScorerInput(
        rollout.getRolloutId(),
        rollout.getRequestId(),
        rollout.getPromptText(),
        rollout.getPromptMessages().stream()
            .map(message -> new ScorerMessage(message.getRole(), message.getContent()))
            .toList(),
        rollout.getResponseText(),
        rollout.getResponseTokenIds().size(),
        rollout.getFinishReason() == FinishReason.LENGTH,
        rollout.getMetadata());
  }

  private ScorerAnswer answer(ScorerResult result) {
    if (result instanceof ScoreValue value) {
      return ScorerAnswer.of(value.value(), version, value.explanation());
    }
    return ScorerAnswer.failed(((ScoreRefusal) result).reason(), version);
  }

  @Override
  public void close() {
    scorer.close();
  }
}
