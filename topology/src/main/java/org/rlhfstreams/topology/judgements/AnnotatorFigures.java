package org.rlhfstreams.topology.judgements;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.topology.ComparisonAnswers;

/**
 * What an annotator has done, or all of them.
 *
 * @param judgements that stand, skips included
 * @param ties of them
 * @param skips of them
 * @param goldAnswered gold questions answered
 * @param goldRight of them as expected
 * @param shared comparisons answered on which the others have a majority
 * @param agreed of them those answered like that majority
 */
record AnnotatorFigures(
    long judgements,
    long ties,
    long skips,
    long goldAnswered,
    long goldRight,
    long shared,
    long agreed) {
  /** Who has done nothing. */
  static final AnnotatorFigures NONE = new AnnotatorFigures(0, 0, 0, 0, 0, 0, 0);

  private static final int BYTES = 7 * Long.BYTES;

  /** What the answers to one comparison add to the figures of each who answered it. */
  static Map<String, AnnotatorFigures> of(Comparison comparison, ComparisonAnswers answers) {
    List<Judgement> counted = answers.counted();
    Map<String, AnnotatorFigures> figures = new HashMap<>();
    for (Judgement judgement : answers.standing()) {
      Choice choice = judgement.getChoice();
      boolean skipped = choice == Choice.SKIP;
      boolean gold = comparison.getExpected() != null && !skipped;
      Optional<Choice> others =
          skipped ? Optional.empty() : MajorityOfOthers.of(judgement.getAnnotator(), counted);
      figures.merge(
          judgement.getAnnotator(),
          new AnnotatorFigures(
              1,
              one(choice == Choice.TIE),
              one(skipped),
              one(gold),
              one(gold && choice == comparison.getExpected()),
              one(others.isPresent()),
              one(others.isPresent() && others.get() == choice)),
          AnnotatorFigures::plus);
    }
    return figures;
  }

  private static long one(boolean counts) {
    return counts ? 1 : 0;
  }

  AnnotatorFigures plus(AnnotatorFigures other) {
    return plus(other, 1);
  }

  AnnotatorFigures minus(AnnotatorFigures other) {
    return plus(other, -1);
  }

  private AnnotatorFigures plus(AnnotatorFigures other, int sign) {
    return new AnnotatorFigures(
        judgements + sign * other.judgements,
        ties + sign * other.ties,
        skips + sign * other.skips,
        goldAnswered + sign * other.goldAnswered,
        goldRight + sign * other.goldRight,
        shared + sign * other.shared,
        agreed + sign * other.agreed);
  }

  static Serde<AnnotatorFigures> serde() {
    return Serdes.serdeFrom(
        (topic, figures) -> figures == null ? null : figures.bytes(),
        (topic, bytes) -> bytes == null ? null : of(ByteBuffer.wrap(bytes)));
  }

  private byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(judgements)
        .putLong(ties)
        .putLong(skips)
        .putLong(goldAnswered)
        .putLong(goldRight)
        .putLong(shared)
        .putLong(agreed)
        .array();
  }

  private static AnnotatorFigures of(ByteBuffer bytes) {
    return new AnnotatorFigures(
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong());
  }
}
