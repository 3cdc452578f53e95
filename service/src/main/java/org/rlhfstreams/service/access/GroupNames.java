package org.rlhfstreams.service.access;

/** Consumer groups, without the prefix; what a member's transactions are called begins so too. */
public final class GroupNames {
  /** The rollout workers. */
  public static final String ROLLOUT_WORKERS = "rollout-workers";

  /** The workers that put versions of the policy to held-out prompts. */
  public static final String EVALUATION_WORKERS = "evaluation-workers";

  /** How the scorers' begin, one for each name under {@code rewards}, and the reference's. */
  public static final String SCORERS = "scorer-";

  /**
   * How scoring again is called in transactions: as a member of the scorer's group, which none is.
   */
  public static String rescore(String scorer) {
    return SCORERS + scorer + "-rescore";
  }

  /** The reward service of releases that scored in one pass; where it ended the scorers begin. */
  public static final String REWARD_SERVICE = "reward-service";

  /**
   * Admission, the join of scores, statistics, comparisons and judgements; their internal topics
   * begin so.
   */
  public static final String TOPOLOGIES = "topologies";

  /** How the learners' begin, one for each objective and replay. */
  public static final String LEARNERS = "learner-";

  /** No group, but who publishes prompts has one transaction. */
  public static final String PROMPT_IMPORT = "prompt-import";

  /** No group, but who publishes annotations has one transaction. */
  public static final String ANNOTATION_IMPORT = "annotation-import";

  /** No group, but what people send is published in transactions of one name. */
  public static final String PEOPLE = "people";

  private GroupNames() {}
}
