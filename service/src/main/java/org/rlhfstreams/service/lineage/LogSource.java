package org.rlhfstreams.service.lineage;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;

/** The topics that an account is drawn up from. */
@SuppressWarnings("ImmutableEnumChecker") // references to methods are
enum LogSource {
  REQUESTS(Topics::rolloutRequests),
  ROLLOUTS(Topics::rollouts),
  SCORES(Topics::scores),
  SCORED(Topics::scoredRollouts),
  STEPS(Topics::trainingMetrics),
  LETTERS(Topics::deadLetters),
  PREFERENCES(Topics::preferences),
  JUDGEMENTS(Topics::judgements),
  WEIGHTS(Topics::policyWeights);

  private final Function<Topics, Topic> topic;

  LogSource(Function<Topics, Topic> topic) {
    this.topic = topic;
  }

  /** The topic's full name. */
  String name(Topics topics) {
    return topic.apply(topics).name();
  }

  /** The one that has this name. */
  static Optional<LogSource> named(String name, Topics topics) {
    return Arrays.stream(values()).filter(source -> source.name(topics).equals(name)).findFirst();
  }
}
