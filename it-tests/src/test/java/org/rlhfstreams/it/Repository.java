package org.rlhfstreams.it;

import java.nio.file.Path;

/** Where the project lies. */
public final class Repository {
  private Repository() {}

  public static Path root() {
    return Path.of("..").toAbsolutePath().normalize();
  }

  public static Path starter() {
    return root().resolve("models").resolve("starter");
  }

  public static Path starterReward() {
    return root().resolve("models").resolve("starter-reward");
  }
}
