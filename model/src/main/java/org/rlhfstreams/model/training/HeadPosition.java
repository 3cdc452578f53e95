package org.rlhfstreams.model.training;

/** Which hidden states of a row a head reads. */
public enum HeadPosition {
  /** The state before each response token: what predicts the token, and what its value is. */
  RESPONSE_STATES {
    @Override
    int count(int responseLength) {
      return responseLength;
    }

    @Override
    int state(int promptLength, int responseStart, int responseLength, int t) {
      return t == 0 ? promptLength - 1 : responseStart + t - 1;
    }
  },

  /** The row's last token: where a reward model's score stands. */
  LAST_TOKEN {
    @Override
    int count(int responseLength) {
      return 1;
    }

    @Override
    int state(int promptLength, int responseStart, int responseLength, int t) {
      return responseStart + responseLength - 1;
    }
  };

  abstract int count(int responseLength);

  /**
   * Index of the t-th state in a sequence whose prompt comes first, other responses perhaps next.
   */
  abstract int state(int promptLength, int responseStart, int responseLength, int t);
}
