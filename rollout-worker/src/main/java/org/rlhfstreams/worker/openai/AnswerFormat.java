package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** How the answers to one kind of request look. */
interface AnswerFormat {
  /** What the ids of answers begin with. */
  String idPrefix();

  /** The type of a whole answer. */
  String object();

  /** The type of a part of a streamed answer. */
  String partObject();

  /** Puts a completion's text into a choice of a whole answer. */
  void whole(ObjectNode choice, String text);

  /** Puts a piece of text into a choice of a streamed answer, the choice's first one or a later. */
  void part(ObjectNode choice, String piece, boolean first);

  /** Ends a choice of a streamed answer, in a part of its own. */
  void end(ObjectNode choice);

  /** Puts the log-probabilities of tokens into a choice. */
  void logProbabilities(ObjectNode choice, List<AnswerToken> tokens, float[] values);
}
