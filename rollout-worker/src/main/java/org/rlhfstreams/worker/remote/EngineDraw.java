package org.rlhfstreams.worker.remote;

import java.util.List;

/**
 * What an engine has drawn.
 *
 * @param tokenIds as it drew them, [time]
 * @param logProbabilities under the distribution that each was drawn from, [time]
 * @param labels which of the engine's names of its weights drew which tokens, in order, without
 *     gaps
 * @param stopped whether it ended with a stop token
 */
record EngineDraw(
    int[] tokenIds, float[] logProbabilities, List<Labelled> labels, boolean stopped) {
  EngineDraw {
    labels = List.copyOf(labels);
  }

  /**
   * Tokens of one name of the weights.
   *
   * @param from first token, counted from 0
   * @param until token behind the last
   */
  record Labelled(String label, int from, int until) {}
}
