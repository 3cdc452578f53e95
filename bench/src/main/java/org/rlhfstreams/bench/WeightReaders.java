package org.rlhfstreams.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.ModelLayout;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WeightReader;
import org.rlhfstreams.service.weights.WireType;

/**
 * How long many workers take to have one version that is in the log, each with everything that a
 * worker does to believe it, beside as many plain consumers of the same records; in turns.
 */
public final class WeightReaders {
  private static final int ROUNDS = 3;

  private final KafkaConnection connection;
  private final Topic topic;
  private final int count;

  private WeightReaders(KafkaConnection connection, int count) {
    this.connection = connection;
    this.topic = connection.topics().policyWeights();
    this.count = count;
  }

  /** Arguments: model directory, readers. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    ModelDirectory model = ModelDirectory.open(Path.of(arguments[0]));
    Path directory = Files.createTempDirectory("weight-readers");
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0);
        Weights weights = Weights.read(model, ComputeType.BFLOAT16)) {
      KafkaConnection connection =
          Cluster.connect(
              RlhfConfiguration.of(new HashMap<>(Cluster.address(stack))),
              Role.SETUP,
              message -> {});
      new WeightReaders(connection, Integer.parseInt(arguments[1])).run(model, weights);
    }
    System.exit(0);
  }

  private void run(ModelDirectory model, Weights weights) throws InterruptedException {
    ModelLayout layout =
        new ModelLayout(TensorSpecification.shapes(model.configuration().tensors()));
    publish(weights);
    double bytes = 2.0 * weights.parameters() * count;
    for (int round = 1; round <= ROUNDS; round++) {
      double raw = raw();
      double ours = ours(layout);
      System.out.printf(
          Locale.ROOT,
          "round %d: %d readers of %.0f MB: plain consumers %.2f s (%.0f MB/s), workers' readers"
              + " %.2f s (%.0f MB/s), ratio %.2f%n",
          round,
          count,
          bytes / count / 1e6,
          raw,
          bytes / raw / 1e6,
          ours,
          bytes / ours / 1e6,
          raw / ours);
    }
  }

  private void publish(Weights weights) {
    WeightPublisher publisher = new WeightPublisher(topic, WireType.BF16, 1, Optional.empty());
    try (KafkaProducer<String, Object> producer = connection.weightProducer()) {
      SentWeights sent =
          publisher.send(
              producer,
              new WeightVersion(0, 1L),
              "llama",
              WeightBroadcast.tensors(weights),
              () -> false);
      producer.send(publisher.commit(sent));
      producer.flush();
    }
  }

  private double ours(ModelLayout layout) throws InterruptedException {
    List<WeightReader> readers = new ArrayList<>();
    long started = System.nanoTime();
    try {
      for (int i = 0; i < count; i++) {
        readers.add(
            WeightReader.start(
                connection,
                topic,
                (version, header) -> layout.difference(header),
                (version, reason) -> System.out.println(reason)));
      }
      for (WeightReader reader : readers) {
        while (reader.newest().isEmpty()) {
          Thread.sleep(1);
        }
      }
      return (System.nanoTime() - started) / 1e9;
    } finally {
      readers.forEach(WeightReader::close);
    }
  }

  private double raw() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    long started = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::readRaw, "raw-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return (System.nanoTime() - started) / 1e9;
  }

  private void readRaw() {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    try (KafkaConsumer<String, byte[]> consumer = connection.weightConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100));
      }
    }
  }
}
