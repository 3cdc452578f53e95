package org.rlhfstreams.bench;

import java.util.Map;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Adds scored rollouts to the log of a run that rests. */
public final class ScoredBacklog {
  private ScoredBacklog() {}

  /** Arguments: broker, registry, rollouts, and the step whose weights have sampled them. */
  public static void main(String[] arguments) {
    EventSerdes.trustEvents();
    KafkaConnection connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", arguments[0],
                    "connection.schema-registry-url", arguments[1])));
    RecordedRun.addScored(
        connection,
        Integer.parseInt(arguments[2]),
        new WeightVersion(0, Long.parseLong(arguments[3])));
    System.exit(0);
  }
}
