package org.rlhfstreams.worker.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RolloutWorkerConfiguration;

/**
 * What an engine asks its callers for, from the settings or from a file. The file is read for each
 * call, so that one that is renewed is used at once. It is never part of a message.
 */
final class EngineSecret {
  private final Optional<String> fixed;
  private final Optional<Path> file;

  private EngineSecret(Optional<String> fixed, Optional<Path> file) {
    this.fixed = fixed;
    this.file = file;
  }

  /**
   * Of the settings.
   *
   * @throws ConfigurationException if both are given, or it is none that a header can hold
   */
  static EngineSecret of(RolloutWorkerConfiguration settings) {
    Optional<String> key = settings.engineKey();
    Optional<Path> file = settings.engineKeyFile();
    if (key.isPresent() && file.isPresent()) {
      throw new ConfigurationException(
          "rollout-worker.engine-key and rollout-worker.engine-key-file are both set: leave one out");
    }
    if (key.isPresent() && !isUsable(key.get())) {
      throw new ConfigurationException(
          "rollout-worker.engine-key has to be one word of printable ASCII");
    }
    return new EngineSecret(key, file);
  }

  /** Of an engine that asks for none. */
  static EngineSecret none() {
    return new EngineSecret(Optional.empty(), Optional.empty());
  }

  private static boolean isUsable(String key) {
    return !key.isEmpty() && key.chars().allMatch(one -> one > ' ' && one < 127);
  }

  /** The value of the header Authorization, if there is a secret. */
  Optional<String> header() throws EngineProblem {
    if (file.isEmpty()) {
      return fixed.map(key -> "Bearer " + key);
    }
    try {
      String key = Files.readString(file.get()).strip();
      if (isUsable(key)) {
        return Optional.of("Bearer " + key);
      }
    } catch (IOException e) {
      // said below
    }
    throw new EngineProblem(
        EngineProblem.Kind.UNSUITED,
        "rollout-worker.engine-key-file = " + file.get() + " cannot be read, or holds no key");
  }
}
