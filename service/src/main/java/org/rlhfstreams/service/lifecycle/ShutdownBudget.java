package org.rlhfstreams.service.lifecycle;

import java.time.Duration;
import java.util.Arrays;
import org.rlhfstreams.service.access.Role;

/**
 * How long a process has from the request to terminate until it exits, and how its parts share that
 * time. They close one after the other; what does not end within its share is left to the exit of
 * the process. The chart's {@code terminationGracePeriodSeconds} and Compose's {@code
 * stop_grace_period} are longer than {@link #of}.
 */
public final class ShutdownBudget {
  /** A consumer, producer or administrator's client. */
  public static final Duration CLIENT = Duration.ofSeconds(5);

  /** An HTTP server: what it is answering. */
  public static final Duration SERVER = Duration.ofSeconds(10);

  /**
   * A thread that follows a topic, or asks the broker: it ends between two requests, and its
   * client.
   */
  public static final Duration FOLLOWER = CLIENT.plus(Duration.ofSeconds(2));

  /**
   * What a worker may still spend on responses that have a slot, before it leaves them to others.
   */
  public static final Duration BEGUN = Duration.ofSeconds(4);

  /** The thread that samples: the token at hand. */
  public static final Duration SAMPLING = Duration.ofSeconds(10);

  /**
   * The exactly-once loop of a role: the batch at hand (a scorer finishes its own) or what a worker
   * has begun and its thread that samples, the commit, producer and consumer.
   */
  public static final Duration LOOP = Duration.ofSeconds(30);

  /** The thread that writes completions: the token at hand. */
  public static final Duration COMPLETIONS = Duration.ofSeconds(10);

  /** The thread that looks after an engine beside a worker: a version that is being written. */
  public static final Duration ENGINE = Duration.ofSeconds(5);

  /** The producer of the HTTP API: the transaction at hand, or a question to a broker away. */
  public static final Duration OUTBOX = Duration.ofSeconds(15);

  /** Kafka Streams: commit and leaving the group. */
  public static final Duration STREAMS = Duration.ofSeconds(10);

  /** A learner: the step at hand, the last checkpoint, what it publishes, and its clients. */
  public static final Duration LEARNER = Duration.ofSeconds(90);

  private ShutdownBudget() {}

  /** From the request to terminate to the exit, if every part takes all of its share. */
  public static Duration of(Role role) {
    return switch (role) {
      case ROLLOUT_WORKER -> LOOP.plus(ENGINE).plus(SERVER).plus(COMPLETIONS).plus(FOLLOWER);
      case REWARD_SERVICE -> LOOP.plus(SERVER).plus(FOLLOWER);
      case CONTROLLER -> STREAMS.plus(SERVER);
      case PEOPLE -> SERVER.multipliedBy(2).plus(OUTBOX).plus(FOLLOWER.multipliedBy(3));
      case LEARNER -> LEARNER.plus(SERVER).plus(CLIENT.multipliedBy(2));
      case SETUP, ANNOTATOR, OPERATOR -> CLIENT.multipliedBy(2);
      case EXTERNAL_SCORER -> Duration.ZERO; // no process of ours
    };
  }

  /** All roles in one process, which close one after the other. */
  public static Duration ofAll() {
    Duration secondLearner = of(Role.LEARNER); // the reward model's
    Duration evaluationWorker = LOOP.plus(FOLLOWER);
    return Arrays.stream(Role.values())
        .map(ShutdownBudget::of)
        .reduce(secondLearner.plus(evaluationWorker), Duration::plus);
  }
}
