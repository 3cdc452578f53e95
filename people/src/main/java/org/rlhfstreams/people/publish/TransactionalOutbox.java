package org.rlhfstreams.people.publish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.people.live.LiveLog;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Retry;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with one transactional producer. What has been handed over while the last transaction
 * was under way goes into the next one, so that many people do not wait for each other.
 *
 * <p>It alternates between two states. <em>Settling</em>: it takes the transactional name, whereby
 * the broker ends what an owner before it (a killed process, or this one before an error) has left
 * open and refuses whatever of it still comes; then it waits until the views hold the whole log.
 * Nothing is taken meanwhile. <em>Settled</em>: it takes records and commits them. Any error leads
 * back to settling, and leaves the records handed over as not known.
 */
public final class TransactionalOutbox implements Outbox, AutoCloseable {
  /** Of its transactions, without the prefix. */
  public static final String NAME = GroupNames.PEOPLE;

  private static final Logger LOG = LoggerFactory.getLogger(TransactionalOutbox.class);
  private static final int MOST_WAITING = 10_000;
  private static final int MOST_TOGETHER = 500;
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
  private static final long LOOK_MILLIS = 100;
  private static final String PATIENCE_MILLIS = "3000";
  private static final long NONE = 0;

  /**
   * The answer to a person is due within seconds, also where it is that nobody knows. The commit
   * sends what lingers, all of it together: of two requests of a new transaction that are under way
   * at once the broker may look at the second one first, and refuse it.
   */
  private static final Map<String, Object> SETTINGS =
      Map.of(
          "linger.ms", "100",
          "max.in.flight.requests.per.connection", "1",
          "max.block.ms", PATIENCE_MILLIS,
          "request.timeout.ms", "2500", // with what lingers no more than is left for delivery
          "delivery.timeout.ms", PATIENCE_MILLIS);

  private final KafkaConnection connection;
  private final LiveLog log;
  private final Runnable ready;
  private final BlockingQueue<Parcel> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final ServiceThread thread;
  private volatile long session;
  private long sessions;

  private TransactionalOutbox(KafkaConnection connection, LiveLog log, Runnable ready) {
    this.connection = connection;
    this.log = log;
    this.ready = ready;
    this.thread = ServiceThread.start("people-outbox", ShutdownBudget.OUTBOX, this::run);
  }

  /**
   * Begins to settle.
   *
   * @param ready run whenever the views have the whole log
   */
  public static TransactionalOutbox start(KafkaConnection connection, LiveLog log, Runnable ready) {
    return new TransactionalOutbox(connection, log, ready);
  }

  @Override
  public OptionalLong session() {
    long now = session;
    return now == NONE ? OptionalLong.empty() : OptionalLong.of(now);
  }

  @Override
  public CompletableFuture<Void> send(
      long asked, List<ProducerRecord<String, Object>> records, Runnable accepted) {
    Parcel parcel = new Parcel(asked, List.copyOf(records), accepted, new CompletableFuture<>());
    if (session != asked || !waiting.offer(parcel)) {
      parcel.refuse("nothing is taken now");
    } else if (session != asked && waiting.remove(parcel)) {
      // It ended in between, and nobody would look at the parcel before the log is read again.
      parcel.refuse("nothing is taken now");
    }
    return parcel.done();
  }

  private void run(BooleanSupplier stopped) {
    try {
      Retry.every(AFTER_FAILURE)
          .after(KafkaException.class)
          .after(ExecutionException.class)
          .unless(stopped)
          .telling(
              error ->
                  LOG.warn(
                      "nothing is taken until the log is read again: {}", RootCause.message(error)))
          .run(() -> settleAndTake(stopped));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("not an error that settling has", e);
    }
  }

  /** Returns when told to stop. */
  private void settleAndTake(BooleanSupplier stopped)
      throws ExecutionException, InterruptedException {
    KafkaProducer<String, Object> producer = null;
    try {
      producer = connection.transactionalProducer(NAME, SETTINGS);
      producer.initTransactions();
      if (log.catchUp(stopped)) {
        ready.run();
        session = ++sessions;
        LOG.info("judgements and preferences are taken");
        while (!stopped.getAsBoolean()) {
          commit(producer);
        }
      }
    } finally {
      session = NONE;
      forget();
      if (producer != null) {
        producer.close(Duration.ZERO); // with patience it waits for a broker that is away
      }
    }
  }

  private void commit(KafkaProducer<String, Object> producer) throws InterruptedException {
    Parcel first = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    if (first == null) {
      return;
    }
    List<Parcel> parcels = new ArrayList<>();
    parcels.add(first);
    waiting.drainTo(parcels, MOST_TOGETHER - 1);
    parcels.removeIf(parcel -> parcel.session() != session && parcel.refuse("an earlier session"));
    if (parcels.isEmpty()) {
      return;
    }
    try {
      producer.beginTransaction();
      for (Parcel parcel : parcels) {
        for (ProducerRecord<String, Object> record : parcel.records()) {
          // The commit fails where a send did.
          producer.send(record);
        }
      }
      producer.commitTransaction();
    } catch (KafkaException e) {
      session = NONE; // before anyone hears that theirs is not known
      parcels.forEach(parcel -> parcel.refuse(RootCause.message(e)));
      throw e;
    }
    try {
      parcels.forEach(parcel -> parcel.accepted().run());
    } catch (RuntimeException e) {
      session = NONE;
      // They are in the log; that the views lack them must not look like an answer.
      parcels.forEach(parcel -> parcel.refuse("this process cannot keep it: " + e.getMessage()));
      throw e;
    }
    parcels.forEach(parcel -> parcel.done().complete(null));
  }

  private void forget() {
    List<Parcel> parcels = new ArrayList<>();
    waiting.drainTo(parcels);
    parcels.forEach(parcel -> parcel.refuse("not sent"));
  }

  /** Completes when it ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return thread.ended();
  }

  @Override
  public void close() {
    thread.close();
  }

  private record Parcel(
      long session,
      List<ProducerRecord<String, Object>> records,
      Runnable accepted,
      CompletableFuture<Void> done) {
    boolean refuse(String reason) {
      return done.completeExceptionally(new OutboxException(reason));
    }
  }
}
