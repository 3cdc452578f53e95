package org.rlhfstreams.service.lineage;

/** What is counted while an account is drawn up. */
enum Count {
  REQUESTS,
  ADMITTED,
  SAMPLED,
  SCORED,
  LEARNED,
  GIVEN_UP,
  REPEATED_LETTERS,
  WAITING_FOR_WORKERS,
  WAITING_FOR_SCORING,
  WAITING_FOR_LEARNERS,
  UNASKED,
  UNREADABLE_LETTERS,
  PREFERENCES,
  WITHDRAWN,
  FOLLOWED,
  HELD_OUT,
  REFUSED,
  JUDGED,
  ANSWERED
}
