package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.training.TrainedModel;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.configuration.WeightsConfiguration;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.DeadLetters;
import org.rlhfstreams.service.kafka.HangingTransactions;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Retry;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.log.LogEnds;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WeightRetention;
import org.rlhfstreams.service.weights.WeightSigner;
import org.rlhfstreams.service.weights.WireType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What leaves a learner: its claim and the statement of its run, then weights, metrics, dead
 * letters and position of a step in one transaction. The step's number travels with the position,
 * so that the log itself says which steps have left; a restarted learner that repeats them
 * publishes none twice.
 */
final class Publication implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration END_WITHIN = Duration.ofSeconds(60);

  private final KafkaConnection connection;
  private final String group;
  private final TopicPartition partition;
  private final String runsTopic;
  private final String metricsTopic;
  private final WeightPublisher weights;
  private final WeightRetention retention;
  private final DeadLetters deadLetters;
  private final Admin admin;
  // Never subscribed: it knows the group and its offsets, the partition is assigned by hand.
  private final KafkaConsumer<String, byte[]> consumer;
  private final RunOwnership ownership;
  private KafkaProducer<String, Object> chunks;
  private KafkaProducer<String, Object> producer;

  /**
   * @param group name in offsets and transactions; a second learner with it fences the first
   * @param partition that the learner reads
   * @param weightsTopic where versions go
   */
  Publication(
      KafkaConnection connection, String group, TopicPartition partition, Topic weightsTopic) {
    this.connection = connection;
    this.group = group;
    this.partition = partition;
    this.runsTopic = connection.topics().runs().name();
    this.metricsTopic = connection.topics().trainingMetrics().name();
    WeightsConfiguration settings = connection.configuration().weights();
    this.weights =
        new WeightPublisher(
            weightsTopic, WireType.of(settings), settings.anchorEvery(), WeightSigner.of(settings));
    this.chunks = connection.weightProducer();
    this.admin = connection.admin();
    this.retention = new WeightRetention(admin, weightsTopic);
    this.deadLetters = new DeadLetters(connection.topics(), "learner");
    this.consumer = connection.groupConsumer(group, group, 1);
    this.ownership = new RunOwnership(connection, group, partition, consumer);
    this.producer = connection.transactionalProducer(group);
    producer.initTransactions(); // fences the owner before
    new HangingTransactions(admin)
        .abort(
            prefix() + group,
            List.of(
                weightsTopic.name(),
                runsTopic,
                metricsTopic,
                connection.topics().positions().name(),
                connection.topics().deadLetters().name()),
            prefix() + group);
  }

  /**
   * What leaves with one step; whoever publishes it closes it.
   *
   * @param step counted from 1; 0 is the weights that the run starts from
   * @param version after the step
   * @param model empty where no weights leave with this step
   * @param metrics empty for step 0, and where {@code again}
   * @param again whether it leaves after its step has, since somebody asked for it or lacks its
   *     weights
   */
  record Outgoing(
      long step,
      WeightVersion version,
      String family,
      Optional<TrainedModel> model,
      Optional<StepMetrics> metrics,
      List<Refusal> refusals,
      long offset,
      boolean again)
      implements AutoCloseable {
    @Override
    public void close() {
      model.ifPresent(TrainedModel::close);
    }
  }

  private String prefix() {
    return connection.configuration().connection().topicPrefix();
  }

  /**
   * Takes over the run. Has to come before {@link #publishedStep}: until then the previous owner
   * can still publish a step. Waits while the broker or the registry is away.
   *
   * @return false if {@code stopped} said so first
   * @throws ConnectionException if the broker refuses this learner
   */
  boolean claim(BooleanSupplier stopped) {
    return commit(
        "the claim of " + prefix() + group,
        () -> transact(ownership.claim()),
        () -> false,
        () -> {},
        stopped);
  }

  /**
   * The newest step that has left, or -1.
   *
   * @throws ConnectionException if what the run has read is another log now
   */
  long publishedStep() {
    return ownership.publishedStep();
  }

  /** Where the partition that the learner reads ends now, with what is not committed yet. */
  long end() {
    return LogEnds.written(admin, partition, END_WITHIN);
  }

  /**
   * States the run that this learner begins or goes on with, so that others know its settings from
   * the log. The same statement twice means the same. Waits while the broker or the registry is
   * away.
   *
   * @return false if {@code stopped} said so first
   * @throws ConnectionException if another learner has taken over, or the broker refuses this one
   */
  boolean state(RunStatement run, BooleanSupplier stopped) {
    return commit(
        "the statement of run " + run.getRunId(),
        () -> transact(new ProducerRecord<>(runsTopic, 0, run.getRunId(), run)),
        () -> false,
        ownership::requireOwn,
        stopped);
  }

  /**
   * Publishes a step. Waits while the broker or the registry is away.
   *
   * @return false if {@code stopped} said so first
   * @throws ConnectionException if another learner has taken over, or the broker refuses this one
   */
  boolean publish(Outgoing outgoing, BooleanSupplier stopped) {
    Optional<SentWeights> sent = Optional.empty();
    if (outgoing.model().isPresent()) {
      sent = send(outgoing, outgoing.model().get(), stopped);
      if (sent.isEmpty()) {
        return false;
      }
    }
    Optional<SentWeights> leaving = sent;
    boolean left =
        commit(
            "step " + outgoing.step(),
            () -> transact(outgoing, leaving),
            () -> !outgoing.again() && publishedStep() >= outgoing.step(),
            ownership::requireOwn,
            stopped);
    if (left) {
      leaving.ifPresent(this::committed);
    }
    return left;
  }

  /** Weights may take long: they are no part of the transaction, and nobody waits for them. */
  private Optional<SentWeights> send(
      Outgoing outgoing, TrainedModel model, BooleanSupplier stopped) {
    AtomicReference<SentWeights> sent = new AtomicReference<>();
    AtomicBoolean tried = new AtomicBoolean();
    boolean done =
        Retry.every(AFTER_FAILURE)
            .after(KafkaException.class)
            .unless(stopped)
            .telling(
                error -> {
                  new BrokerRefusal(connection).endIn(error);
                  LOG.warn(
                      "weights {} wait to be sent: {}",
                      WeightVersions.text(outgoing.version()),
                      error.getMessage());
                })
            .run(
                () -> {
                  if (tried.getAndSet(true)) {
                    chunks.close(Duration.ZERO);
                    chunks = connection.weightProducer();
                  }
                  List<PublishedTensor> tensors = WireWeights.of(model);
                  sent.set(
                      outgoing.again()
                          ? weights.sendWhole(
                              chunks, outgoing.version(), outgoing.family(), tensors, stopped)
                          : weights.send(
                              chunks, outgoing.version(), outgoing.family(), tensors, stopped));
                });
    return done ? Optional.of(sent.get()) : Optional.empty();
  }

  private void committed(SentWeights sent) {
    weights.committed(sent);
    if (sent.header().getKind() == WeightKind.ANCHOR) {
      retention.published(sent.firstOffset());
    }
  }

  /**
   * @param committed whether the transaction went through, and only its answer was lost
   * @param owned throws if another learner has claimed the run; asked with a new producer, which
   *     has fenced that one's: it finds its own claim here, and goes on
   */
  private boolean commit(
      String what,
      Runnable transaction,
      BooleanSupplier committed,
      Runnable owned,
      BooleanSupplier stopped) {
    AtomicBoolean tried = new AtomicBoolean();
    return Retry.every(AFTER_FAILURE)
        .after(KafkaException.class)
        .unless(stopped)
        .telling(
            error -> {
              new BrokerRefusal(connection).endIn(error);
              LOG.warn("{} waits to be published: {}", what, error.getMessage());
            })
        .run(
            () -> {
              if (tried.getAndSet(true)) {
                takeNewProducer();
                owned.run();
                if (committed.getAsBoolean()) {
                  return;
                }
              }
              transaction.run();
            });
  }

  private void takeNewProducer() {
    producer.close(Duration.ZERO);
    producer = connection.transactionalProducer(group);
    producer.initTransactions();
  }

  private void transact(ProducerRecord<String, Object> record) {
    producer.beginTransaction();
    // The commit fails where a send did.
    producer.send(record);
    producer.commitTransaction();
  }

  private void transact(Outgoing outgoing, Optional<SentWeights> sent) {
    producer.beginTransaction();
    // The commit fails where a send did.
    sent.ifPresent(chunksOf -> producer.send(weights.commit(chunksOf)));
    outgoing
        .metrics()
        .ifPresent(
            metrics -> {
              producer.send(new ProducerRecord<>(metricsTopic, 0, metrics.getRunId(), metrics));
            });
    for (Refusal refusal : outgoing.refusals()) {
      producer.send(
          deadLetters.of(
              refusal.record(), refusal.kind(), refusal.reason(), refusal.lostRollouts()));
    }
    producer.send(ownership.reached(outgoing.offset(), outgoing.step()));
    producer.sendOffsetsToTransaction(
        Map.of(
            partition, new OffsetAndMetadata(outgoing.offset(), String.valueOf(outgoing.step()))),
        consumer.groupMetadata());
    producer.commitTransaction();
  }

  @Override
  public void close() {
    chunks.close(ShutdownBudget.CLIENT);
    producer.close(ShutdownBudget.CLIENT);
    consumer.close(CloseOptions.timeout(ShutdownBudget.CLIENT));
    admin.close(ShutdownBudget.CLIENT);
  }
}
