package org.rlhfstreams.people.api;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.people.publish.Outbox;
import org.rlhfstreams.people.publish.OutboxException;

/** An outbox that keeps what it is handed, or behaves as if the broker were away. */
final class RecordingOutbox implements Outbox {
  private final List<ProducerRecord<String, Object>> sent = new CopyOnWriteArrayList<>();
  private final List<Runnable> held = new ArrayList<>();
  private final AtomicInteger looksLeft = new AtomicInteger(Integer.MAX_VALUE);
  private volatile boolean away;
  private volatile boolean failing;
  private volatile boolean holding;

  /** What has been sent. */
  List<ProducerRecord<String, Object>> sent() {
    return sent;
  }

  /** Nothing is taken from now on, or it is again. */
  void away(boolean isAway) {
    away = isAway;
    looksLeft.set(Integer.MAX_VALUE);
  }

  /** Nothing is taken any more once that many have asked for the session. */
  void awayAfter(int looks) {
    looksLeft.set(looks);
  }

  /** What is handed over is not known to be sent. */
  void failing(boolean fails) {
    failing = fails;
  }

  /** What is handed over waits. */
  void hold() {
    holding = true;
  }

  /** How many publications wait. */
  synchronized int waiting() {
    return held.size();
  }

  /** What waits is sent. */
  synchronized void release() {
    holding = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  @Override
  public OptionalLong session() {
    return away || looksLeft.getAndDecrement() <= 0 ? OptionalLong.empty() : OptionalLong.of(1);
  }

  @Override
  public CompletableFuture<Void> send(
      long session, List<ProducerRecord<String, Object>> records, Runnable accepted) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (failing) {
      done.completeExceptionally(new OutboxException("the broker is away"));
      return done;
    }
    Runnable send =
        () -> {
          sent.addAll(records);
          accepted.run();
          done.complete(null);
        };
    if (holding) {
      synchronized (this) {
        held.add(send);
      }
    } else {
      send.run();
    }
    return done;
  }
}
