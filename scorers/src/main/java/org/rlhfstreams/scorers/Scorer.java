package org.rlhfstreams.scorers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Scores responses. Many threads may call one scorer at once. A scorer never makes a value up: what
 * it cannot score, it refuses with the reason.
 */
public interface Scorer extends AutoCloseable {
  /**
   * Scores a batch. If the thread is interrupted meanwhile, what is not scored yet is refused for
   * now and the thread's interrupt flag stays set.
   *
   * @param batch responses; where {@link #wholeGroups()}, all responses of each prompt in it
   * @return a result for each response, in the order of the batch
   */
  List<ScorerResult> score(List<ScorerInput> batch);

  /** Whether a value depends on the other responses to the same prompt. */
  default boolean wholeGroups() {
    return false;
  }

  /** How many calls at a time it makes good use of; at least 1. */
  default int parallelism() {
    return 1;
  }

  /** Releases processes and connections; calls that are under way are refused for now. */
  @Override
  default void close() {}

  /**
   * A scorer that looks at one response at a time. A response that the rule fails on, by whatever
   * exception, is refused and keeps nothing of the batch from being scored.
   *
   * @param rule may throw {@link RefusalException}
   */
  static Scorer ofEach(Function<ScorerInput, ScorerResult> rule) {
    return batch -> {
      List<ScorerResult> results = new ArrayList<>(batch.size());
      for (ScorerInput input : batch) {
        results.add(one(rule, input));
      }
      return results;
    };
  }

  private static ScorerResult one(Function<ScorerInput, ScorerResult> rule, ScorerInput input) {
    try {
      return rule.apply(input);
    } catch (RefusalException e) {
      return e.refusal();
    } catch (RuntimeException | StackOverflowError e) {
      return ScorerResult.refused("the scorer failed on this response: " + e);
    }
  }
}
