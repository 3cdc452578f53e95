package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shapes that a kind of data set has.
 *
 * @param all of them, those that say most first
 * @param example of a {@code --map} that leads to one
 * @param <C> what a row says
 */
record RowShapes<C>(List<RowShape<C>> all, String example) {
  /** Of preferences, demonstrations and texts. */
  static final RowShapes<PreferenceShape.Content> OF_PREFERENCES =
      new RowShapes<>(
          List.of(
              new PairShape(),
              new ScoredShape(),
              new CompletionShape(),
              new MessagesShape(),
              new TextShape()),
          "chosen=better");

  /** Of prompts. */
  static final RowShapes<PromptContent> OF_PROMPTS =
      new RowShapes<>(List.of(new PromptShape()), "prompt=question");

  /** The first that rows with these columns fit. */
  Optional<RowShape<C>> of(Set<String> columns) {
    return all.stream().filter(shape -> shape.fits(columns)).findFirst();
  }

  /** What there is, for messages. */
  String known() {
    return String.join("; ", all.stream().map(RowShape::name).toList());
  }
}
