package org.rlhfstreams.embedded;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.Metric;
import com.yammer.metrics.core.MetricName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a broker that was killed is fenced before it leads again.
 *
 * <p>The metadata of a broker that was killed still name it as the leader of everything. Started as
 * it is, it begins to read the committed offsets, loses the lead as soon as the session of the
 * killed process ends, and gets it back: a second read begins. Where the first is not over by then,
 * Kafka 4.3's {@code CoordinatorRuntime} takes the end of the first for that of the second, and the
 * groups get offsets of long ago, or wait for ever for transactions that were committed long ago.
 * So the controller runs alone first, until it has fenced the broker. That is also quicker: a
 * session that nobody has to keep may end within a second.
 */
final class KilledBroker {
  private static final Logger LOG = LoggerFactory.getLogger(KilledBroker.class);
  private static final String CONTROLLER = "CONTROLLER";
  private static final String SESSION_MILLIS = "1000";
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private KilledBroker() {}

  /**
   * Fences the broker if it was not shut down cleanly; does nothing otherwise.
   *
   * @param data its log directory
   * @param broker its settings
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  static void fence(Path data, Properties broker) throws InterruptedException {
    if (!Files.exists(data.resolve("__cluster_metadata-0"))
        || Files.exists(data.resolve(".kafka_cleanshutdown"))) {
      return;
    }
    KafkaRaftServer controller =
        new KafkaRaftServer(KafkaConfig.fromProps(controllerOf(broker), false), Time.SYSTEM);
    try {
      controller.startup();
      long until = System.nanoTime() + LONGEST.toNanos();
      // Both are 0 until the metadata are read.
      while (gauge("FencedBrokerCount") < 1 || gauge("ActiveBrokerCount") > 0) {
        if (System.nanoTime() > until) {
          LOG.warn("no broker was fenced within {} s: was it ever one?", LONGEST.toSeconds());
          return;
        }
        Thread.sleep(LOOK_EVERY.toMillis());
      }
    } finally {
      BrokerFaults.closing(
          () -> {
            controller.shutdown();
            controller.awaitShutdown();
          });
    }
  }

  private static Properties controllerOf(Properties broker) {
    Properties controller = new Properties();
    controller.putAll(broker);
    controller.put("process.roles", "controller");
    controller.put(
        "listeners",
        Arrays.stream(broker.getProperty("listeners").split(",", -1))
            .filter(listener -> listener.startsWith(CONTROLLER + "://"))
            .collect(Collectors.joining(",")));
    controller.remove("advertised.listeners");
    controller.put("broker.session.timeout.ms", SESSION_MILLIS);
    return controller;
  }

  /** A figure of the controller in this process; -1 where it does not say it yet. */
  private static int gauge(String name) {
    for (Map.Entry<MetricName, Metric> entry :
        KafkaYammerMetrics.defaultRegistry().allMetrics().entrySet()) {
      if (entry.getKey().getName().equals(name) && entry.getValue() instanceof Gauge<?> gauge) {
        return gauge.value() instanceof Number number ? number.intValue() : -1;
      }
    }
    return -1;
  }
}
