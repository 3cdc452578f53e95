package org.rlhfstreams.people.publish;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.people.problems.ProblemException;

/**
 * The rule that an id is in the log once, however often it is sent and whatever is killed when.
 *
 * <p>An id is published only if the views do not have it and no publication of it is under way. The
 * views have all that the log has whenever the outbox is settled:
 *
 * <ul>
 *   <li>When it becomes settled, everything of an earlier owner of the transactional name is
 *       decided (the broker has committed or aborted it and refuses what comes late), and the views
 *       have been read to the end that the log has after that. So a publication that was killed, or
 *       whose answer was lost, is either in the views, and sending it again finds it there, or it
 *       will never be in the log, and sending it again publishes it.
 *   <li>While it is settled, nobody else can commit under the name: another process that takes it
 *       makes the next transaction here fail, which unsettles this one. What this process commits
 *       is in the views before the publication counts as ended.
 *   <li>When a transaction fails, the outbox is unsettled before its publications end as not known,
 *       and nothing is taken until it is settled again.
 * </ul>
 *
 * <p>Neither of the two, idempotent producer nor transaction, would do alone: the idempotent one
 * forgets after a restart what was in flight, and a transaction says nothing about the client that
 * asks again because its answer was lost.
 */
public final class PublishedOnce {
  /** How long a client is asked to wait before it sends again. */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final Outbox outbox;
  private final Map<String, Publication> underWay = new HashMap<>();

  public PublishedOnce(Outbox outbox) {
    this.outbox = outbox;
  }

  /** What the log has of an id. */
  public enum Known {
    /** Nothing. */
    NOTHING,
    /** The same. */
    SAME,
    /** Something else under that id. */
    OTHER;

    /**
     * Compares what the log has of an id with what is sent.
     *
     * @param before empty if the log has nothing
     */
    public static Known of(Optional<ContentDigest> before, ContentDigest sent) {
      if (before.isEmpty()) {
        return NOTHING;
      }
      return before.get().equals(sent) ? SAME : OTHER;
    }
  }

  /**
   * What is published under an id.
   *
   * @param id unique among all that is published here
   * @param place of which only one may be taken at a time, such as a person's answer to a question;
   *     the id itself where there is no other
   * @param content of it; the same id with another content is refused
   */
  public record Claim(String id, String place, ContentDigest content) {
    List<String> keys() {
      return List.of("id " + id, "place " + place);
    }
  }

  /**
   * Publishes what has an id, unless the log has it.
   *
   * @param known asks the views
   * @param records what to publish, made only where it is; may refuse with a {@link
   *     ProblemException}
   * @param accepted puts it into the views
   * @return whether it is new: false where the log had it
   * @throws ProblemException 409 where id or place are another's; 503 where nothing is taken now
   */
  public CompletableFuture<Boolean> publish(
      Claim claim,
      Supplier<Known> known,
      Supplier<List<ProducerRecord<String, Object>>> records,
      Runnable accepted) {
    CompletableFuture<Void> sent;
    synchronized (underWay) {
      long session = requireSession();
      switch (known.get()) {
        case SAME -> {
          return CompletableFuture.completedFuture(false);
        }
        case OTHER -> throw takenId(claim.id());
        case NOTHING -> {}
      }
      for (String key : claim.keys()) {
        Publication before = underWay.get(key);
        if (before != null && before.claim().equals(claim)) {
          return before.sent().thenApply(done -> false);
        }
        if (before != null) {
          throw takenId(before.claim().id());
        }
      }
      List<ProducerRecord<String, Object>> made = records.get();
      sent = new CompletableFuture<>();
      claim.keys().forEach(key -> underWay.put(key, new Publication(claim, sent)));
      relay(
          outbox.send(session, made, accepted),
          sent,
          () -> {
            synchronized (underWay) {
              underWay.keySet().removeAll(claim.keys());
            }
          });
    }
    return sent.thenApply(done -> true);
  }

  /**
   * Publishes what needs no id: the same twice does no harm.
   *
   * @throws ProblemException 503 where nothing is taken now
   */
  public CompletableFuture<Void> publish(
      List<ProducerRecord<String, Object>> records, Runnable accepted) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    relay(outbox.send(requireSession(), records, accepted), sent, () -> {});
    return sent;
  }

  private static void relay(
      CompletableFuture<Void> from, CompletableFuture<Void> to, Runnable ended) {
    from.whenComplete(
        (done, failure) -> {
          ended.run();
          if (failure == null) {
            to.complete(null);
          } else {
            to.completeExceptionally(away(failure.getMessage()));
          }
        });
  }

  /**
   * Refuses while nothing is taken.
   *
   * @throws ProblemException 503
   */
  public long requireSession() {
    return outbox
        .session()
        .orElseThrow(() -> away("the log is being read to its end, or the broker is away"));
  }

  private static ProblemException takenId(String id) {
    return ProblemException.of(
        409, "Another one was sent", id + " was sent before and says something else");
  }

  /** The answer where it is not known whether something is in the log: to ask again is safe. */
  public static ProblemException away(String reason) {
    return ProblemException.later(
        503,
        "Not now",
        "nothing is known to be kept (" + reason + "); send the same again, it counts once",
        RETRY_AFTER);
  }

  private record Publication(Claim claim, CompletableFuture<Void> sent) {}
}
