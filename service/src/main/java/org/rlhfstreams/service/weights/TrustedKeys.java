package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.WeightsConfiguration;

/** The rule that weights are taken only from who holds one of the trusted keys. */
public final class TrustedKeys {
  private static final String SETTING = "weights.trusted-keys-file";

  private final Path file;
  private final Map<String, PublicKey> keys;

  private TrustedKeys(Path file) {
    this.file = file;
    this.keys = KeyFiles.publicKeys(file, SETTING);
  }

  /**
   * The configured keys, if there are any.
   *
   * @throws ConfigurationException naming what is wrong with the file
   */
  public static Optional<TrustedKeys> of(WeightsConfiguration settings) {
    return settings.trustedKeysFile().map(TrustedKeys::new);
  }

  /** Which of the keys has signed this, if one has. */
  Optional<String> signerOf(byte[] statement, byte[] signature) {
    return keys.entrySet().stream()
        .filter(key -> fits(key.getValue(), statement, signature))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Why a version whose header this is is not taken; empty where it may be. */
  Optional<String> refusal(String topic, WeightVersion version, WeightHeader header) {
    return refusal(
        topic,
        header.getSigningKey(),
        header.getSignature(),
        SignedStatement.of(topic, version, header));
  }

  /** Why a version whose bytes fit its hash is not taken all the same; empty where it is. */
  Optional<String> refusal(
      String topic, WeightVersion version, WeightHeader header, WeightCommit commit) {
    return refusal(
        topic,
        commit.getSigningKey(),
        commit.getSignature(),
        SignedStatement.of(topic, version, header, commit));
  }

  private Optional<String> refusal(
      String topic, String keyId, ByteBuffer signature, byte[] statement) {
    if (signature == null || keyId == null) {
      return Optional.of(
          "it is not signed, and %s trusts the keys %s alone; give the learner weights.signing-key-file"
              .formatted(file, keys.keySet()));
    }
    PublicKey key = keys.get(keyId);
    if (key == null) {
      return Optional.of(
          "it is signed with key %s, and %s trusts %s alone; where that key is the learner's, add its public half there and start again, else find out who may write to %s (kafka-acls.sh --list --topic %s)"
              .formatted(keyId, file, keys.keySet(), topic, topic));
    }
    if (!fits(key, statement, bytes(signature))) {
      return Optional.of(
          "its signature with key %s is not of this version on %s; it was altered, or signed for another place: find out who may write there (kafka-acls.sh --list --topic %s)"
              .formatted(keyId, topic, topic));
    }
    return Optional.empty();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static boolean fits(PublicKey key, byte[] statement, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(KeyFiles.ALGORITHM);
      verifier.initVerify(key);
      verifier.update(statement);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // not the form of a signature
    }
  }

  Path file() {
    return file;
  }
}
