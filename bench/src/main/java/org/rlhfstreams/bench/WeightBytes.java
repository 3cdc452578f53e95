package org.rlhfstreams.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/** What the versions of the policy in the log of a run that has ended take, a line each. */
public final class WeightBytes {
  private WeightBytes() {}

  /** Argument: the directory of the log. Prints step, kind, and bytes of the version's chunks. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    try (EmbeddedStack stack = EmbeddedStack.start(Path.of(arguments[0]), 0, 0)) {
      KafkaConnection connection =
          Cluster.connect(
              RlhfConfiguration.of(new HashMap<>(Cluster.address(stack))),
              Role.SETUP,
              message -> {});
      print(connection);
    }
    System.exit(0);
  }

  private static void print(KafkaConnection connection) {
    TopicPartition partition = new TopicPartition(connection.topics().policyWeights().name(), 0);
    Map<WeightVersion, WeightHeader> headers = new HashMap<>();
    Map<WeightVersion, Long> bytes = new HashMap<>();
    try (TopicReader reader =
        TopicReader.ofPartitions(connection::boundedWeightConsumer, List.of(partition))) {
      reader.readToEnd(
          RecordHandler.decoding(
              connection.decoder(WeightRecord.class),
              (record, weights) -> {
                WeightVersion version = weights.getVersion();
                if (weights.getBody() instanceof WeightHeader header) {
                  headers.put(version, header);
                  bytes.put(version, 0L);
                } else if (weights.getBody() instanceof WeightChunk chunk) {
                  bytes.merge(version, (long) chunk.getData().remaining(), Long::sum);
                } else {
                  System.out.printf(
                      "%d %s %d%n",
                      version.getStep(), headers.get(version).getKind(), bytes.get(version));
                }
              },
              (record, reason) -> {
                throw new IllegalStateException(reason);
              }));
    }
  }
}
