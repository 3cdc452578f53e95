package org.rlhfstreams.service.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How weights are published. Without keys, versions are neither signed nor checked.
 *
 * @param anchorEvery a version with all elements is every so many at least
 * @param repeatAfter a learner that waits so long sends the newest version whole again
 */
public record WeightsConfiguration(
    @Setting(
            value = "bfloat16",
            description =
                "What weights are published in: bfloat16, or float32 for workers and scorers that"
                    + " compute in it and shall have every bit.")
        WeightsDtype dtype,
    @Setting(
            value = "20",
            range = "[1, inf)",
            description =
                "Versions of which one at least has all elements; the others have those that"
                    + " changed. 1 publishes all elements each time.")
        int anchorEvery,
    @Setting(
            value = "2m",
            description =
                "How long a learner waits for rollouts before it sends the newest version once more,"
                    + " with all elements: workers may have refused it, and sample nothing without"
                    + " it. Each further wait is twice as long.")
        Duration repeatAfter,
    @Setting(
            description =
                "Ed25519 private key, PKCS#8 PEM, that the learner signs weights with; unsigned when"
                    + " not set.")
        Optional<Path> signingKeyFile,
    @Setting(
            description =
                "Ed25519 public keys, PEM, one or more: weights signed with none of them are refused."
                    + " Every version is taken when not set.")
        Optional<Path> trustedKeysFile) {

  /** Refuses a signature that this process itself could not check. */
  public WeightsConfiguration {
    if (signingKeyFile.isPresent() && trustedKeysFile.isEmpty()) {
      throw new ConfigurationException(
          "weights.signing-key-file = "
              + signingKeyFile.get()
              + " needs weights.trusted-keys-file beside it, with the public half in it:"
              + " openssl pkey -in "
              + signingKeyFile.get()
              + " -pubout >> trusted-keys.pem");
    }
  }
}
