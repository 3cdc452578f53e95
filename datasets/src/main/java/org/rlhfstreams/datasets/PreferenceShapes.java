package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All shapes, those that say most first. */
final class PreferenceShapes {
  private static final List<PreferenceShape> ALL =
      List.of(
          new PairShape(),
          new ScoredShape(),
          new CompletionShape(),
          new MessagesShape(),
          new TextShape());

  private PreferenceShapes() {}

  /** The first that rows with these columns fit. */
  static Optional<PreferenceShape> of(Set<String> columns) {
    return ALL.stream().filter(shape -> shape.fits(columns)).findFirst();
  }

  /** What there is, for messages. */
  static String known() {
    return String.join("; ", ALL.stream().map(PreferenceShape::name).toList());
  }
}
