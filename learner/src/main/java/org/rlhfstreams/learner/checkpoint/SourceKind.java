package org.rlhfstreams.learner.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of source that a checkpoint can hold a position of, each with its codec. */
enum SourceKind {
  ROLLOUTS("rollouts", RolloutPosition.class),
  PREFERENCE_EPOCHS("preference-epochs", EpochPosition.class),
  LIVE_PREFERENCES("live-preferences", LivePosition.class);

  private final String text;
  private final Class<? extends SourcePosition> position;

  SourceKind(String text, Class<? extends SourcePosition> position) {
    this.text = text;
    this.position = position;
  }

  String text() {
    return text;
  }

  SourcePosition read(CheckpointFields fields) {
    return switch (this) {
      case ROLLOUTS -> RolloutPosition.read(fields);
      case PREFERENCE_EPOCHS -> EpochPosition.read(fields);
      case LIVE_PREFERENCES -> LivePosition.read(fields);
    };
  }

  static Optional<SourceKind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }

  static SourceKind of(Class<?> position) {
    return Arrays.stream(values())
        .filter(kind -> kind.position.equals(position))
        .findFirst()
        .orElseThrow();
  }
}
