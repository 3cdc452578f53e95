package org.rlhfstreams.cli.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.Topics;

/**
 * Where a run stands, by its log.
 *
 * @param topics in the order of the flow
 * @param groups those of the roles, there or not, and of each learner
 * @param pause the last command that paused admission, if none has resumed it
 * @param newest the newest step
 */
public record RunStatus(
    List<TopicState> topics,
    List<GroupState> groups,
    Optional<Pause> pause,
    Optional<StepMetrics> newest) {

  /** What waits for whom, and what to do; none if all is read. */
  public List<Wait> waits(Topics topics) {
    return RunWaits.of(this, topics);
  }

  /**
   * One wait.
   *
   * @param line for people
   * @param stuck whether it has no end unless somebody does something
   */
  public record Wait(String line, boolean stuck) {}

  /**
   * One topic.
   *
   * @param name with the run's prefix
   * @param records that are committed; empty if the topic does not exist, or holds weights
   * @param version the newest one, if it holds weights
   */
  public record TopicState(String name, OptionalLong records, Optional<String> version) {}

  /**
   * One consumer group.
   *
   * @param name with the run's prefix
   * @param begun whether it was ever there
   * @param members names and partitions; empty if nobody is there
   * @param lags committed records that wait for the group, by topic; none if all is read
   */
  public record GroupState(String name, boolean begun, List<Member> members, List<Lag> lags) {
    /** Records that wait in all topics. */
    public long lag() {
      return lags.stream().mapToLong(Lag::records).sum();
    }

    /** Records of one topic that wait. */
    long lag(String topic) {
      return lags.stream().filter(one -> one.topic().equals(topic)).mapToLong(Lag::records).sum();
    }
  }

  /** A member, where it runs, and what it was given. */
  public record Member(String name, String host, String share) {}

  /** Records of a topic that wait. */
  public record Lag(String topic, long records) {}

  /** Who paused admission, and when. */
  public record Pause(String by, Instant at) {}
}
