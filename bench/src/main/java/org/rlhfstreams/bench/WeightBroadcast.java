package org.rlhfstreams.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.decoder.WeightPacking;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.ModelLayout;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WeightReader;
import org.rlhfstreams.service.weights.WireType;

/**
 * How long it takes from weights in a learner to weights that a worker samples with: an anchor, the
 * raw Kafka clients with as many bytes beside it, in turns.
 */
public final class WeightBroadcast {
  private static final int ROUNDS = 5;
  private static final int RECORD = 900_000;

  private final KafkaConnection connection;
  private final ModelDirectory model;
  private final Weights weights;

  private WeightBroadcast(KafkaConnection connection, ModelDirectory model, Weights weights) {
    this.connection = connection;
    this.model = model;
    this.weights = weights;
  }

  /** Arguments: model directory; float32 or bfloat16, which the worker computes in. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    ModelDirectory model = ModelDirectory.open(Path.of(arguments[0]));
    ComputeType type = ComputeType.named(arguments[1]);
    Path directory = Files.createTempDirectory("weight-broadcast");
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0);
        Weights weights = Weights.read(model, ComputeType.BFLOAT16)) {
      KafkaConnection connection =
          Cluster.connect(
              RlhfConfiguration.of(new HashMap<>(Cluster.address(stack))),
              Role.SETUP,
              message -> {});
      new WeightBroadcast(connection, model, weights).run(type);
    }
    System.exit(0);
  }

  private void run(ComputeType type) throws Exception {
    Topic topic = connection.topics().policyWeights();
    ModelLayout layout =
        new ModelLayout(TensorSpecification.shapes(model.configuration().tensors()));
    long bytes = 2 * weights.parameters();
    WeightPublisher publisher = new WeightPublisher(topic, WireType.BF16, 1, Optional.empty());
    double ours = 0;
    double raw = 0;
    try (WeightReader reader =
            WeightReader.start(
                connection,
                topic,
                (version, header) -> layout.difference(header),
                (version, reason) -> System.out.println(reason));
        KafkaProducer<String, Object> producer = connection.weightProducer();
        Decoder decoder = new Decoder(model.configuration(), type);
        LiveWeights live = new LiveWeights(decoder, Weights.read(model, type))) {
      for (int round = 0; round <= ROUNDS; round++) {
        double rawSeconds = raw(bytes);
        double[] seconds = broadcast(publisher, producer, reader, live, round);
        System.out.printf(
            Locale.ROOT,
            "round %d: raw clients %.2f s; sent %.2f s, verified by the reader %.2f s, in use %.2f s"
                + " (longest piece %.0f ms)%n",
            round,
            rawSeconds,
            seconds[0],
            seconds[1],
            seconds[2],
            seconds[3]);
        if (round > 0) { // the first warms up
          raw += rawSeconds / ROUNDS;
          ours += seconds[2] / ROUNDS;
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT %,d MB: raw clients %.0f MB/s, learner to worker %.0f MB/s, ratio %.2f%n",
        bytes / 1_000_000,
        bytes / raw / 1e6,
        bytes / ours / 1e6,
        raw / ours);
  }

  private double[] broadcast(
      WeightPublisher publisher,
      KafkaProducer<String, Object> producer,
      WeightReader reader,
      LiveWeights live,
      int round)
      throws InterruptedException {
    WeightVersion version = new WeightVersion(0, (long) round);
    long started = System.nanoTime();
    SentWeights sent = publisher.send(producer, version, "llama", tensors(weights), () -> false);
    producer.send(publisher.commit(sent));
    producer.flush();
    double sentAfter = (System.nanoTime() - started) / 1e9;
    while (!reader.newest().equals(Optional.of(version))) {
      Thread.sleep(1);
    }
    double verifiedAfter = (System.nanoTime() - started) / 1e9;
    long longest = 0;
    try (WeightLease lease = reader.lease().orElseThrow();
        WeightPacking packing = live.begin(lease)) {
      boolean more = true;
      while (more) {
        long piece = System.nanoTime();
        more = packing.advance();
        longest = Math.max(longest, System.nanoTime() - piece);
      }
      long swap = System.nanoTime();
      live.take(packing);
      longest = Math.max(longest, System.nanoTime() - swap);
    }
    return new double[] {
      sentAfter, verifiedAfter, (System.nanoTime() - started) / 1e9, longest / 1e6
    };
  }

  /** All tensors of a model, read when they are sent. */
  static List<PublishedTensor> tensors(Weights weights) {
    List<PublishedTensor> tensors = new ArrayList<>();
    List<TensorSpecification> specifications = weights.specifications();
    for (int i = 0; i < specifications.size(); i++) {
      int index = i;
      tensors.add(
          new PublishedTensor(
              specifications.get(i).name(),
              specifications.get(i).shape(),
              reader -> weights.readBytes(index, reader)));
    }
    return tensors;
  }

  /** As many bytes in records of the same size through a producer and, meanwhile, a consumer. */
  private double raw(long bytes) throws Exception {
    String topic = connection.topics().rollouts().name();
    TopicPartition partition = new TopicPartition(topic, 0);
    Map<String, Object> settings = new HashMap<>(connection.clientSettings());
    settings.putAll(
        Map.of("acks", "all", "compression.type", "none", "max.request.size", "2097152"));
    byte[] value = new byte[RECORD];
    try (KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToEnd(List.of(partition));
      consumer.position(partition);
      long started = System.nanoTime();
      Thread sender =
          new Thread(
              () -> {
                Future<RecordMetadata> last = null;
                for (long sent = 0; sent < bytes; sent += RECORD) {
                  last = producer.send(new ProducerRecord<>(topic, 0, "raw", value));
                }
                producer.flush();
                if (last != null && !last.isDone()) {
                  throw new IllegalStateException("not sent");
                }
              });
      sender.start();
      long received = 0;
      while (received < bytes) {
        ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(100));
        received += (long) records.count() * RECORD;
      }
      sender.join();
      return (System.nanoTime() - started) / 1e9;
    }
  }
}
