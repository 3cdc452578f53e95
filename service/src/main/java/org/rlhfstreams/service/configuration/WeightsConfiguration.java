package org.rlhfstreams.service.configuration;

import java.nio.file.Path;
import java.util.Optional;

/** Signatures of published weights; without keys, versions are neither signed nor checked. */
public record WeightsConfiguration(
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
