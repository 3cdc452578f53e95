package org.rlhfstreams.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are missing and verifies those that exist. */
public final class TopicAdministrator {
  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(30);
  private static final int ENOUGH_REPLICAS = 3;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Admin admin;
  private final short replicationFactor;

  /**
   * @param admin used, not closed
   * @param replicationFactor copies of each partition of a topic that is created
   */
  public TopicAdministrator(Admin admin, int replicationFactor) {
    this.admin = admin;
    this.replicationFactor = (short) replicationFactor;
  }

  /**
   * Creates what is missing, then verifies all.
   *
   * @return names of the topics created
   * @throws TopicException where a topic exists with settings that would lose or reorder events
   */
  public List<String> ensure(Collection<Topic> topics) {
    Set<String> existing = await("list topics", admin.listTopics().names());
    List<String> created = new ArrayList<>();
    for (Topic topic : topics) {
      if (!existing.contains(topic.name()) && create(topic)) {
        created.add(topic.name());
      }
    }
    awaitVisible(topics);
    verify(topics);
    return created;
  }

  /** A broker learns of a new topic a little after the controller has made it for anyone. */
  private void awaitVisible(Collection<Topic> topics) {
    List<String> names = topics.stream().map(Topic::name).toList();
    long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
    while (!await("list topics", admin.listTopics().names()).containsAll(names)) {
      if (System.nanoTime() > deadline) {
        throw new TopicException(
            String.format(
                Locale.ROOT,
                "the broker does not show topics that were created %d s ago: look at its log",
                VISIBLE_WITHIN.toSeconds()));
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  private boolean create(Topic topic) {
    Map<String, String> settings = new HashMap<>(topic.settings());
    settings.put("unclean.leader.election.enable", "false");
    if (replicationFactor >= ENOUGH_REPLICAS) {
      settings.put("min.insync.replicas", "2"); // else a record of one copy counts as written
    }
    NewTopic wanted =
        new NewTopic(topic.name(), topic.partitions(), replicationFactor).configs(settings);
    try {
      admin.createTopics(List.of(wanted)).all().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false; // another process was faster
      }
      throw new TopicException(
          "topic " + topic.name() + " cannot be created: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TopicException("interrupted while creating topic " + topic.name(), e);
    }
  }

  /**
   * Verifies topics that exist.
   *
   * @throws TopicException naming the first setting that does not fit, and the fix
   */
  public void verify(Collection<Topic> topics) {
    for (TopicState state : describe(topics)) {
      Topic topic = state.topic();
      if (!state.exists()) {
        throw new TopicException(
            "topic " + topic.name() + " does not exist: create it with rlhf topics create");
      }
      // More partitions of a shared topic only mean more workers.
      boolean fits = topic.partitions() == 1 ? state.partitions() == 1 : state.partitions() >= 1;
      if (!fits) {
        throw new TopicException(
            String.format(
                Locale.ROOT,
                ("topic %s has %d partitions, but its order matters: it needs exactly 1; delete it or"
                    + " choose another connection.topic-prefix"),
                topic.name(),
                state.partitions()));
      }
      for (String setting : List.of("cleanup.policy", "max.message.bytes")) {
        verifySetting(topic, setting, state.settings().get(setting));
      }
    }
  }

  private static void verifySetting(Topic topic, String setting, String actual) {
    String wanted = topic.settings().get(setting);
    boolean fits =
        setting.equals("max.message.bytes")
            ? Long.parseLong(actual) >= Long.parseLong(wanted)
            : wanted.equals(actual);
    if (!fits) {
      throw new TopicException(
          ("topic %s has %s=%s, but needs %s: kafka-configs.sh --alter --topic %s"
                  + " --add-config %s=%s")
              .formatted(topic.name(), setting, actual, wanted, topic.name(), setting, wanted));
    }
  }

  /** What the broker says of each topic. */
  public List<TopicState> describe(Collection<Topic> topics) {
    Set<String> existing = await("list topics", admin.listTopics().names());
    List<String> names = topics.stream().map(Topic::name).filter(existing::contains).toList();
    Map<String, TopicDescription> descriptions =
        await("describe topics", admin.describeTopics(names).allTopicNames());
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<ConfigResource, Config> settings =
        await("describe topic settings", admin.describeConfigs(resources).all());
    List<TopicState> states = new ArrayList<>();
    for (Topic topic : topics) {
      TopicDescription description = descriptions.get(topic.name());
      if (description == null) {
        states.add(new TopicState(topic, 0, Map.of()));
        continue;
      }
      Config config = settings.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
      Map<String, String> actual = new HashMap<>();
      topic.settings().keySet().forEach(key -> actual.put(key, config.get(key).value()));
      states.add(new TopicState(topic, description.partitions().size(), actual));
    }
    return states;
  }

  private static <T> T await(String action, KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new TopicException("cannot " + action + ": " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TopicException("interrupted: cannot " + action, e);
    }
  }

  /**
   * A topic as the broker has it.
   *
   * @param topic as it should be
   * @param partitions 0 where it does not exist
   * @param settings those that {@code topic} names
   */
  public record TopicState(Topic topic, int partitions, Map<String, String> settings) {
    public TopicState {
      settings = Map.copyOf(settings);
    }

    /** Whether the broker has it. */
    public boolean exists() {
      return partitions > 0;
    }
  }
}
