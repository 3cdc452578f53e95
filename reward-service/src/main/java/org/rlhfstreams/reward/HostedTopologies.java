package org.rlhfstreams.reward;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.SamplingConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.topology.admission.AdmissionListener;
import org.rlhfstreams.topology.admission.AdmissionSettings;
import org.rlhfstreams.topology.admission.AdmissionTopology;
import org.rlhfstreams.topology.admission.PromptEncoder;
import org.rlhfstreams.topology.admission.StalenessBound;
import org.rlhfstreams.topology.statistics.StatisticsTopology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs admission and statistics, exactly once, in this process. */
final class HostedTopologies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostedTopologies.class);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

  private final KafkaStreams streams;

  HostedTopologies(
      KafkaConnection connection, PromptEncoder encoder, Path state, AdmissionListener listener) {
    RlhfConfiguration configuration = connection.configuration();
    StreamsBuilder builder = new StreamsBuilder();
    AdmissionTopology.build(
        builder,
        connection.topics(),
        connection.serdes(),
        encoder,
        settings(configuration),
        listener);
    StatisticsTopology.build(builder, connection.topics(), connection.serdes());
    this.streams = new KafkaStreams(builder.build(), properties(connection, state));
    streams.setUncaughtExceptionHandler(
        exception -> {
          LOG.warn("a topology starts again after: {}", exception.getMessage());
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    streams.start();
  }

  private static AdmissionSettings settings(RlhfConfiguration configuration) {
    SamplingConfiguration sampling = configuration.sampling();
    return new AdmissionSettings(
        new StalenessBound(
            configuration.learner().batchSize(),
            configuration.admission().staleness(),
            configuration.learner().maxSteps()),
        configuration.admission().promptEpochs(),
        sampling.samples(),
        SamplingSettings.newBuilder()
            .setTemperature((float) sampling.temperature())
            .setTopK(sampling.topK())
            .setTopP((float) sampling.topP())
            .setMaxNewTokens(sampling.maxNewTokens())
            .setSeed(sampling.seed())
            .build(),
        configuration.learner().objective().text());
  }

  private static Properties properties(KafkaConnection connection, Path state) {
    Properties properties = new Properties();
    connection.clientSettings().forEach(properties::put);
    String prefix = connection.configuration().connection().topicPrefix();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, prefix + "topologies");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // Statistics can wait so long; admission asks for a commit when it has released requests.
    properties.putIfAbsent(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "200");
    properties.putIfAbsent(
        StreamsConfig.REPLICATION_FACTOR_CONFIG,
        String.valueOf(connection.configuration().topics().replicationFactor()));
    properties.putIfAbsent(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "1000000");
    properties.putIfAbsent("consumer.auto.offset.reset", "earliest");
    properties.putIfAbsent("producer.linger.ms", "0");
    return properties;
  }

  /** Whether the topologies process records. */
  boolean running() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  @Override
  public void close() {
    // Without leaving, the next start waits for the session to time out.
    boolean inTime =
        streams.close(
            CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(LONGEST_CLOSE));
    if (!inTime) {
      LOG.warn("the topologies did not close in {} s", LONGEST_CLOSE.toSeconds());
    }
  }
}
