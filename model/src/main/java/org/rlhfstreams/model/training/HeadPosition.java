package org.rlhfstreams.model.training;

/** Which hidden states of a row a head reads. */
public enum HeadPosition {
  /** The state before each response token: what predicts the token, and what its value is. */
  RESPONSE_STATES {
    @Override
    int first(TokenRow row) {
      return row.responseStart() - 1;
    }

    @Override
    int count(TokenRow row) {
      return row.responseLength();
    }
  },

  /** The row's last token: where a reward model's score stands. */
  LAST_TOKEN {
    @Override
    int first(TokenRow row) {
      return row.tokenIds().length - 1;
    }

    @Override
    int count(TokenRow row) {
      return 1;
    }
  };

  abstract int first(TokenRow row);

  abstract int count(TokenRow row);
}
