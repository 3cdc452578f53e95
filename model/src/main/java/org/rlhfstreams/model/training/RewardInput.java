package org.rlhfstreams.model.training;

import java.util.Arrays;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.ModelDirectory;

/**
 * The rule of what a reward model scores. It was trained on responses that end with an end of
 * sequence, so one that was cut gets it appended, where there is room.
 */
public final class RewardInput {
  private RewardInput() {}

  /**
   * Refuses what has no score head.
   *
   * @throws ModelException where the directory holds no reward model
   */
  public static void requireRewardModel(ModelDirectory model) {
    if (!model.configuration().classifier()) {
      throw new ModelException(
          model.path()
              + " is a language model: a reward model has an architecture ending in"
              + " ForSequenceClassification in config.json; make one with rlhf train reward");
    }
  }

  /**
   * What is scored of a response.
   *
   * @param prompt token ids, at least one
   * @param response token ids, at least one
   * @param endOfSequence that the reward model was trained to see at the end
   * @param maxPositions longest sequence of the reward model, in tokens
   */
  public static TokenRow of(int[] prompt, int[] response, int endOfSequence, int maxPositions) {
    boolean ended = response[response.length - 1] == endOfSequence;
    if (ended || prompt.length + response.length >= maxPositions) {
      return TokenRow.of(prompt, response);
    }
    int[] closed = Arrays.copyOf(response, response.length + 1);
    closed[response.length] = endOfSequence;
    return TokenRow.of(prompt, closed);
  }
}
