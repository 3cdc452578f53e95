package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.util.Optional;

/** Where the project lies: the models that come with it are there. */
final class Home {
  private Home() {}

  /** The starter policy. */
  static Path starter() {
    return directory().resolve("models").resolve("starter");
  }

  /** The starter reward model. */
  static Path starterReward() {
    return directory().resolve("models").resolve("starter-reward");
  }

  /** Data that come with it. */
  static Path data() {
    return directory().resolve("data");
  }

  private static Path directory() {
    return Path.of(Optional.ofNullable(System.getenv("RLHF_HOME")).orElse("."));
  }
}
