package org.rlhfstreams.people.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.service.index.IndexChanges;
import org.rlhfstreams.service.index.IndexKey;
import org.rlhfstreams.service.index.TemporaryIndex;

/**
 * Every judgement there is, by its id. The order in which records of one id come makes no
 * difference, so that what this process has just published can be put in before the log shows it:
 * the first record of an id says what it is, and once it is taken back it stays so.
 */
public final class JudgementsView {
  private final TemporaryIndex index;
  private long count;
  private long nextPlace;

  /**
   * What a person said last to a question.
   *
   * @param place in the order in which theirs came
   * @param skipped whether that is no answer
   */
  private record Answered(long place, Instant judgedAt, boolean skipped, String judgementId) {
    static Answered from(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Answered(
          buffer.getLong(),
          Instant.ofEpochMilli(buffer.getLong()),
          buffer.get() != 0,
          StandardCharsets.UTF_8.decode(buffer).toString());
    }

    byte[] bytes() {
      byte[] id = text(judgementId);
      return ByteBuffer.allocate(2 * Long.BYTES + 1 + id.length)
          .putLong(place)
          .putLong(judgedAt.toEpochMilli())
          .put((byte) (skipped ? 1 : 0))
          .put(id)
          .array();
    }
  }

  /**
   * @param index holds them; empty as yet
   */
  public JudgementsView(TemporaryIndex index) {
    this.index = index;
  }

  private static IndexKey judgement(String id) {
    return IndexKey.of("judgement", id);
  }

  private static IndexKey answered(String annotator, String comparisonId) {
    return IndexKey.of("answered", annotator, comparisonId);
  }

  private static IndexKey inOrder(String annotator) {
    return IndexKey.of("in order", annotator);
  }

  private static IndexKey takenBack(Judgement judgement) {
    return IndexKey.of("taken back", judgement.getAnnotator(), judgement.getComparisonId());
  }

  private static IndexKey answersTo(String comparisonId) {
    return IndexKey.of("answers", comparisonId);
  }

  private static IndexKey countOf(String annotator) {
    return IndexKey.of("count", annotator);
  }

  /**
   * A record of the topic.
   *
   * @return whether it told something new
   */
  public synchronized boolean apply(Judgement judgement) {
    Optional<Judgement> known = find(judgement.getJudgementId());
    if (known.isEmpty()) {
      index.change(
          changes -> {
            keep(changes, judgement);
            if (judgement.getWithdrawn()) {
              noteTakenBack(changes, judgement);
            } else {
              count(changes, judgement, 1);
              place(changes, judgement);
              forgetTakenBack(changes, judgement);
            }
          });
      if (!judgement.getWithdrawn()) {
        count += answer(judgement);
        nextPlace++;
      }
      return true;
    }
    if (judgement.getWithdrawn() && !known.get().getWithdrawn()) {
      index.change(
          changes -> {
            keep(changes, Judgement.newBuilder(known.get()).setWithdrawn(true).build());
            count(changes, known.get(), -1);
            takePlace(changes, known.get());
            noteTakenBack(changes, known.get());
          });
      count -= answer(known.get());
      return true;
    }
    return false;
  }

  private static void keep(IndexChanges changes, Judgement judgement) {
    try {
      changes.put(judgement(judgement.getJudgementId()), judgement.toByteBuffer().array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void noteTakenBack(IndexChanges changes, Judgement judgement) {
    changes.put(takenBack(judgement), text(judgement.getComparisonId()));
  }

  /** Removals leave tombstones that scans skip, so only what is there is removed. */
  private void forgetTakenBack(IndexChanges changes, Judgement judgement) {
    if (index.has(takenBack(judgement))) {
      changes.remove(takenBack(judgement));
    }
  }

  /** How many answers it is: a skip is none. */
  private static int answer(Judgement judgement) {
    return judgement.getChoice() == Choice.SKIP ? 0 : 1;
  }

  private void count(IndexChanges changes, Judgement judgement, int change) {
    if (answer(judgement) > 0) {
      add(changes, answersTo(judgement.getComparisonId()), change);
    }
  }

  private void place(IndexChanges changes, Judgement judgement) {
    String annotator = judgement.getAnnotator();
    IndexKey key = answered(annotator, judgement.getComparisonId());
    Optional<Answered> before = index.find(key).map(Answered::from);
    boolean counted = before.isPresent() && !before.get().skipped();
    int more = answer(judgement) - (counted ? 1 : 0);
    if (more != 0) {
      add(changes, countOf(annotator), more);
    }
    Answered now =
        new Answered(
            before.map(Answered::place).orElse(nextPlace),
            judgement.getJudgedAt(),
            answer(judgement) == 0,
            judgement.getJudgementId());
    changes.put(key, now.bytes());
    changes.put(inOrder(annotator).with(now.place()), now.bytes());
  }

  private void takePlace(IndexChanges changes, Judgement judgement) {
    String annotator = judgement.getAnnotator();
    IndexKey key = answered(annotator, judgement.getComparisonId());
    index
        .find(key)
        .map(Answered::from)
        .filter(answered -> answered.judgementId().equals(judgement.getJudgementId()))
        .ifPresent(
            answered -> {
              changes.remove(key);
              changes.remove(inOrder(annotator).with(answered.place()));
              if (!answered.skipped()) {
                add(changes, countOf(annotator), -1);
              }
            });
  }

  private void add(IndexChanges changes, IndexKey key, int change) {
    int sum = number(key) + change;
    if (sum == 0) {
      changes.remove(key);
    } else {
      changes.put(key, ByteBuffer.allocate(Integer.BYTES).putInt(sum).array());
    }
  }

  private int number(IndexKey key) {
    return index.find(key).map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(0);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The judgement of that id, taken back or not. */
  public synchronized Optional<Judgement> find(String judgementId) {
    return index.find(judgement(judgementId)).map(JudgementsView::decoded);
  }

  /** The judgement of that id, unless it was taken back. */
  public synchronized Optional<Judgement> standing(String judgementId) {
    return find(judgementId).filter(judgement -> !judgement.getWithdrawn());
  }

  /** The id of what this person has answered to that comparison, and not taken back. */
  public synchronized Optional<String> standing(String annotator, String comparisonId) {
    return index
        .find(answered(annotator, comparisonId))
        .map(Answered::from)
        .map(Answered::judgementId);
  }

  private static Judgement decoded(byte[] bytes) {
    try {
      return Judgement.fromByteBuffer(ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this person has judged that comparison, and not taken it back. */
  public synchronized boolean hasJudged(String annotator, String comparisonId) {
    return index.has(answered(annotator, comparisonId));
  }

  /** Comparisons that this person has taken their answer back from, and not answered again. */
  public synchronized Set<String> takenBack(String annotator) {
    Set<String> comparisons = new HashSet<>();
    index.forEach(
        IndexKey.of("taken back", annotator), comparison -> comparisons.add(text(comparison)));
    return comparisons;
  }

  /** Answers to a comparison that count; skips are none. */
  public synchronized int answers(String comparisonId) {
    return number(answersTo(comparisonId));
  }

  /** Answers that count; skips are none. */
  public synchronized long count() {
    return count;
  }

  /** How many answers of one person count; skips are none. */
  public synchronized int count(String annotator) {
    return number(countOf(annotator));
  }

  /** What counts of one person, oldest first. */
  public synchronized List<Judgement> by(String annotator) {
    List<Judgement> judgements = new ArrayList<>();
    index.forEach(inOrder(annotator), answered -> judgements.add(found(answered)));
    return judgements;
  }

  /**
   * The last that count of one person, newest first.
   *
   * @param most how many at most
   */
  public synchronized List<Judgement> newest(String annotator, int most) {
    List<Judgement> judgements = new ArrayList<>();
    index.forEachFromLast(
        inOrder(annotator),
        answered -> {
          judgements.add(found(answered));
          return judgements.size() < most;
        });
    return judgements;
  }

  private Judgement found(byte[] answered) {
    return find(Answered.from(answered).judgementId()).orElseThrow();
  }

  /**
   * When the last answers that count of one person were given, newest first; skips are none.
   *
   * @param most how many at most
   */
  public synchronized List<Instant> newestTimes(String annotator, int most) {
    List<Instant> times = new ArrayList<>();
    index.forEachFromLast(
        inOrder(annotator),
        answered -> {
          Answered one = Answered.from(answered);
          if (!one.skipped()) {
            times.add(one.judgedAt());
          }
          return times.size() < most;
        });
    return times;
  }
}
