package org.rlhfstreams.it;

import java.nio.file.Path;

/** Where the project lies. */
final class Repository {
  private Repository() {}

  static Path root() {
    return Path.of("..").toAbsolutePath().normalize();
  }

  static Path starter() {
    return root().resolve("models").resolve("starter");
  }

  static Path starterReward() {
    return root().resolve("models").resolve("starter-reward");
  }
}
