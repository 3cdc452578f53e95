package org.rlhfstreams.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A real single-node KRaft broker in this process, on loopback; its data outlives it. */
public final class EmbeddedBroker implements AutoCloseable {
  private static final String LARGEST_REQUEST = String.valueOf(4 << 20);
  private static final String CLEANER_MEMORY = String.valueOf(4 << 20);
  private static final String SMALL_SEGMENT = String.valueOf(1 << 20);

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker; returns once it takes requests.
   *
   * @param data where topics are kept; made where it does not exist, continued where it does
   * @param port of the clients; 0 takes a free one
   * @throws EmbeddedException where the port is taken or the data cannot be used
   */
  public static EmbeddedBroker start(Path data, int port) {
    int[] free = Ports.twoFree();
    int clientPort = port == 0 ? free[0] : port;
    if (port != 0) {
      Ports.requireFree(port, "Kafka broker", "--port");
    }
    String bootstrapServers = "127.0.0.1:" + clientPort;
    return start(data, bootstrapServers, settings(data, bootstrapServers, free[1]), List.of());
  }

  /**
   * Starts a broker with listeners and rules of its own, for clusters that are not open to everyone
   * on loopback; returns once it takes requests.
   *
   * @param data where topics are kept; made where it does not exist, continued where it does
   * @param bootstrapServers the address of a client listener that the settings name
   * @param controllerPort of the listener CONTROLLER that the settings name
   * @param more settings that go before the usual ones
   * @param users as {@code kafka-storage.sh --add-scram} takes them, for new data alone
   * @throws EmbeddedException where a port is taken or settings or data cannot be used
   */
  public static EmbeddedBroker start(
      Path data,
      String bootstrapServers,
      int controllerPort,
      Map<String, String> more,
      List<String> users) {
    Properties settings = settings(data, bootstrapServers, controllerPort);
    settings.putAll(more);
    return start(data, bootstrapServers, settings, users);
  }

  private static EmbeddedBroker start(
      Path data, String bootstrapServers, Properties properties, List<String> users) {
    BrokerFaults.take();
    try {
      Files.createDirectories(data);
      format(data, users);
      KilledBroker.fence(data, properties);
      KafkaConfig settings = KafkaConfig.fromProps(properties, false);
      KafkaRaftServer server = new KafkaRaftServer(settings, Time.SYSTEM);
      try {
        server.startup();
      } catch (RuntimeException e) {
        BrokerFaults.closing(server::shutdown);
        throw e;
      }
      return new EmbeddedBroker(server, bootstrapServers);
    } catch (Exception e) {
      throw new EmbeddedException(
          "the embedded broker cannot start on %s with its data in %s: %s"
              .formatted(bootstrapServers, data, e.getMessage()),
          e);
    }
  }

  private static Properties settings(Path data, String bootstrapServers, int controllerPort) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("log.dirs", data.toString());
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners",
        "PLAINTEXT://" + bootstrapServers + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    // Voters by address and not by directory: the controller's port may change between starts.
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    for (String internal :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      settings.put(internal + ".replication.factor", "1");
      settings.put(internal + ".num.partitions", "1");
    }
    // Small enough to be compacted: a start reads all of both before it answers anybody.
    settings.put("offsets.topic.segment.bytes", SMALL_SEGMENT);
    settings.put("transaction.state.log.segment.bytes", SMALL_SEGMENT);
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("broker.session.timeout.ms", "20000"); // tensors may take all cores for seconds
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "1000");
    settings.put("auto.create.topics.enable", "false");
    settings.put("message.max.bytes", LARGEST_REQUEST);
    settings.put("replica.fetch.max.bytes", LARGEST_REQUEST);
    // The defaults reserve 128 MiB of heap and start many threads, for machines that do nothing
    // else.
    settings.put("log.cleaner.dedupe.buffer.size", CLEANER_MEMORY);
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("num.recovery.threads.per.data.dir", "1");
    return settings;
  }

  /** Gives a new data directory its identity; leaves a used one as it is. */
  private static void format(Path data, List<String> users) throws Exception {
    try (PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setClusterId(clusterId(data))
          .setNodeId(1)
          .setDirectories(List.of(data.toString()))
          .setMetadataLogDirectory(data.toString())
          .setControllerListenerName("CONTROLLER")
          .setScramArguments(users)
          .setIgnoreFormatted(true)
          .run();
    }
  }

  private static String clusterId(Path data) {
    Properties properties = new Properties();
    Path file = data.resolve("meta.properties");
    if (Files.exists(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return properties.getProperty("cluster.id", Uuid.randomUuid().toString());
  }

  /** Address for clients. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    BrokerFaults.closing(
        () -> {
          server.shutdown();
          server.awaitShutdown();
        });
  }
}
