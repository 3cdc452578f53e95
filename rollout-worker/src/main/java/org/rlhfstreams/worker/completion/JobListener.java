package org.rlhfstreams.worker.completion;

import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionPiece;

/**
 * Hears how a job goes, on the thread that writes completions. A job ends when all its completions
 * are finished, or with one failure; a cancelled job is not heard of again.
 */
public interface JobListener {
  /**
   * A completion has become longer.
   *
   * @param index of the completion
   * @param version of the policy that drew the newest token
   */
  void wrote(int index, CompletionPiece piece, WeightVersion version);

  /**
   * A completion is finished.
   *
   * @param version of the policy that drew the last token
   */
  void finished(int index, Completion completion, WeightVersion version);

  /**
   * Nothing more will come.
   *
   * @param failure a {@link org.rlhfstreams.model.completion.PromptException} or a {@link
   *     RefusedException} where the caller can do something about it
   */
  void failed(RuntimeException failure);
}
