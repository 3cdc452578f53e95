package org.rlhfstreams.topology.judgements;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.topology.ComparisonAnswers;

/**
 * How people's answers enter {@link KrippendorffAlpha}: a comparison is a unit, a skip no value.
 */
final class Agreement {
  private static final int VALUES = 3;
  private static final int BYTES = VALUES * Long.BYTES + Double.BYTES + Long.BYTES;

  private Agreement() {}

  /** Without comparisons. */
  static KrippendorffAlpha none() {
    return new KrippendorffAlpha(VALUES);
  }

  /** How many said first, second and tie. */
  static int[] counts(ComparisonAnswers answers) {
    int[] counts = new int[VALUES];
    for (Judgement judgement : answers.counted()) {
      counts[index(judgement.getChoice())]++;
    }
    return counts;
  }

  private static int index(Choice choice) {
    return switch (choice) {
      case FIRST -> 0;
      case SECOND -> 1;
      case TIE -> 2;
      case SKIP -> throw new IllegalArgumentException("a skip is no value");
    };
  }

  static Serde<KrippendorffAlpha> serde() {
    return Serdes.serdeFrom(
        (topic, alpha) -> alpha == null ? null : bytes(alpha),
        (topic, bytes) -> bytes == null ? null : alpha(ByteBuffer.wrap(bytes)));
  }

  private static byte[] bytes(KrippendorffAlpha alpha) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    for (long margin : alpha.margins()) {
      bytes.putLong(margin);
    }
    return bytes.putDouble(alpha.disagreement()).putLong(alpha.units()).array();
  }

  private static KrippendorffAlpha alpha(ByteBuffer bytes) {
    long[] margins = new long[VALUES];
    for (int value = 0; value < VALUES; value++) {
      margins[value] = bytes.getLong();
    }
    return new KrippendorffAlpha(margins, bytes.getDouble(), bytes.getLong());
  }
}
