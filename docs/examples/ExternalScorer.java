import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;

/** Scores rollouts: java -cp JARS ExternalScorer.java NAME BOOTSTRAP_SERVERS REGISTRY_URL. */
public final class ExternalScorer {
  private static double score(Rollout rollout) {
    return rollout.getResponseText().split("\\s+", -1).length;
  }

  private static Score event(String name, Rollout rollout) {
    return Score.newBuilder()
        .setRolloutId(rollout.getRolloutId())
        .setRequestId(rollout.getRequestId())
        .setScorer(name)
        .setValue(score(rollout)) // or setFailure("why") if it cannot be scored
        .setScoredAt(Instant.now())
        .build();
  }

  public static void main(String[] arguments) throws Exception {
    String name = arguments[0];
    String brokers = arguments[1];
    EventSerdes serdes = new EventSerdes(arguments[2], Map.of());
    RecordDecoder<Rollout> decoder = new RecordDecoder<>(Rollout.class, serdes);
    Map<String, Object> reading =
        Map.of(
            "bootstrap.servers", brokers,
            "group.id", "rlhf.scorer-" + name,
            "auto.offset.reset", "earliest",
            "isolation.level", "read_committed",
            "enable.auto.commit", false);
    Map<String, Object> writing = Map.of("bootstrap.servers", brokers, "enable.idempotence", true);
    try (KafkaConsumer<String, byte[]> consumer =
            new KafkaConsumer<>(reading, new StringDeserializer(), new ByteArrayDeserializer());
        KafkaProducer<String, Object> producer =
            new KafkaProducer<>(writing, new StringSerializer(), serdes.serializer())) {
      consumer.subscribe(List.of("rlhf.rollouts"));
      while (true) {
        List<Future<?>> sent = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          try {
            Score score = event(name, decoder.decode(record.topic(), record.value()));
            sent.add(
                producer.send(
                    new ProducerRecord<>(
                        "rlhf.scores", record.partition(), score.getRequestId(), score)));
          } catch (UndecodableException e) {
            // It is not a rollout: the controller says so, once.
          }
        }
        for (Future<?> one : sent) {
          one.get(); // ends this program if it is not delivered: the next one scores it again
        }
        consumer.commitSync();
      }
    }
  }
}
