package org.rlhfstreams.service.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that exactly-once leans on no broker default: what the brokers have to do for it is read
 * at start, and what could lose a record is refused with the command that mends it. Offset
 * retention is not among it: {@link GroupPositions} does without.
 */
public final class LogGuarantees {
  private static final Logger LOG = LoggerFactory.getLogger(LogGuarantees.class);

  private static final String IN_SYNC = "min.insync.replicas";
  private static final String UNCLEAN = "unclean.leader.election.enable";
  private static final List<String> RETENTION = List.of("retention.ms", "retention.bytes");
  private static final String TRANSACTIONS = "transaction.max.timeout.ms";
  private static final int ENOUGH_REPLICAS = 3;
  private static final String FOREVER = "-1";

  private final KafkaConnection connection;
  private final Admin admin;

  /**
   * @param admin used, not closed
   */
  public LogGuarantees(KafkaConnection connection, Admin admin) {
    this.connection = connection;
    this.admin = admin;
  }

  /**
   * Checks them all, and logs the weak ones.
   *
   * @param topics that exist
   * @throws ConnectionException with a line for each that is broken, and the command that mends it
   */
  public void require(Collection<Topic> topics) {
    List<String> broken = new ArrayList<>();
    for (Guarantee guarantee : read(topics)) {
      String line =
          "%s has %s=%s, but needs %s: %s"
              .formatted(
                  guarantee.where(),
                  guarantee.setting(),
                  guarantee.actual(),
                  guarantee.needed(),
                  guarantee.remedy());
      switch (guarantee.state()) {
        case BROKEN -> broken.add(line);
        case WEAK -> LOG.info(line);
        case MET -> {}
      }
    }
    if (!broken.isEmpty()) {
      throw new ConnectionException(
          "the brokers do not guarantee what exactly-once needs:\n  "
              + String.join("\n  ", broken));
    }
  }

  /**
   * How they stand.
   *
   * @param topics that exist
   */
  public List<Guarantee> read(Collection<Topic> topics) {
    List<Guarantee> guarantees = new ArrayList<>();
    try {
      Map<String, TopicDescription> descriptions =
          admin.describeTopics(topics.stream().map(Topic::name).toList()).allTopicNames().get();
      Map<ConfigResource, Config> configs =
          admin
              .describeConfigs(
                  descriptions.keySet().stream()
                      .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                      .toList())
              .all()
              .get();
      for (Topic topic : topics) {
        Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
        guarantees.addAll(
            ofTopic(
                topic,
                descriptions.get(topic.name()).partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(0),
                name -> config.get(name).value(),
                bootstrapServers()));
      }
      guarantees.addAll(ofBroker());
    } catch (ExecutionException e) {
      throw new KafkaException("the brokers' settings cannot be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
    return guarantees;
  }

  private String bootstrapServers() {
    return connection.configuration().connection().bootstrapServers();
  }

  /**
   * Those of one topic.
   *
   * @param replicas copies of the partition that has the fewest
   * @param settings the topic's, by name
   */
  static List<Guarantee> ofTopic(
      Topic topic, int replicas, Function<String, String> settings, String bootstrapServers) {
    String alter =
        "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config %%s"
            .formatted(bootstrapServers, topic.name());
    List<Guarantee> guarantees = new ArrayList<>();
    String inSync = settings.apply(IN_SYNC);
    boolean oneCopy = replicas >= ENOUGH_REPLICAS && Integer.parseInt(inSync) < 2;
    guarantees.add(
        guarantee(
            topic.name(),
            IN_SYNC,
            inSync,
            replicas >= ENOUGH_REPLICAS ? "at least 2 of " + replicas : "1 of " + replicas,
            oneCopy ? Guarantee.State.BROKEN : Guarantee.State.MET,
            alter.formatted(IN_SYNC + "=2")));
    String unclean = settings.apply(UNCLEAN);
    guarantees.add(
        guarantee(
            topic.name(),
            UNCLEAN,
            unclean,
            "false",
            unclean.equals("false") ? Guarantee.State.MET : Guarantee.State.BROKEN,
            alter.formatted(UNCLEAN + "=false")));
    if ("delete".equals(topic.settings().get("cleanup.policy"))) {
      for (String retention : RETENTION) {
        String actual = settings.apply(retention);
        guarantees.add(
            guarantee(
                topic.name(),
                retention,
                actual,
                FOREVER + ", or what is removed before it is read ends the run",
                actual.equals(FOREVER) ? Guarantee.State.MET : Guarantee.State.WEAK,
                alter.formatted(retention + "=" + FOREVER)));
      }
    }
    return guarantees;
  }

  private static Guarantee guarantee(
      String where,
      String setting,
      String actual,
      String needed,
      Guarantee.State state,
      String remedy) {
    return new Guarantee(
        where, setting, actual, needed, state, state == Guarantee.State.MET ? "" : remedy);
  }

  /** A transaction that takes longer than the broker allows could never begin. */
  private List<Guarantee> ofBroker() throws ExecutionException, InterruptedException {
    Node node = admin.describeCluster().nodes().get().iterator().next();
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
    Config config;
    try {
      config = admin.describeConfigs(List.of(broker)).all().get().get(broker);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return List.of(); // who may not read it hears of it from the first transaction
      }
      throw e;
    }
    long most = Long.parseLong(config.get(TRANSACTIONS).value());
    long wanted = connection.longestTransaction().toMillis();
    return List.of(
        guarantee(
            "broker " + node.id(),
            TRANSACTIONS,
            String.valueOf(most),
            "at least " + wanted,
            most >= wanted ? Guarantee.State.MET : Guarantee.State.BROKEN,
            String.format(
                Locale.ROOT,
                ("set kafka.transaction.timeout.ms to %d or less here, or %s to %d or more in the brokers'"
                    + " server.properties"),
                most,
                TRANSACTIONS,
                wanted)));
  }
}
