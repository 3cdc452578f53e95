package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Optional;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.ExposedFile;
import org.rlhfstreams.service.configuration.WeightsConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs versions of weights, so that readers take no others. */
public final class WeightSigner {
  private static final Logger LOG = LoggerFactory.getLogger(WeightSigner.class);
  private static final String SETTING = "weights.signing-key-file";

  private final PrivateKey key;
  private final String keyId;

  private WeightSigner(PrivateKey key, String keyId) {
    this.key = key;
    this.keyId = keyId;
  }

  /**
   * The configured key, if one is.
   *
   * @throws ConfigurationException where the file has none, or readers with the same configuration
   *     would not trust it
   */
  public static Optional<WeightSigner> of(WeightsConfiguration settings) {
    return settings
        .signingKeyFile()
        .map(file -> signer(file, TrustedKeys.of(settings).orElseThrow()));
  }

  private static WeightSigner signer(Path file, TrustedKeys trusted) {
    ExposedFile.warn(file, "the key that signs weights");
    PrivateKey key = KeyFiles.privateKey(file, SETTING);
    byte[] probe = "rlhf-streams probe".getBytes(StandardCharsets.UTF_8);
    String keyId =
        trusted
            .signerOf(probe, sign(key, probe))
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "%s = %s: its public half is not in %s, readers would refuse what it signs: openssl pkey -in %s -pubout >> %s"
                            .formatted(SETTING, file, trusted.file(), file, trusted.file())));
    LOG.info("weights are signed with key {}", keyId);
    return new WeightSigner(key, keyId);
  }

  private static byte[] sign(PrivateKey key, byte[] statement) {
    try {
      Signature signature = Signature.getInstance(KeyFiles.ALGORITHM);
      signature.initSign(key);
      signature.update(statement);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + KeyFiles.ALGORITHM, e);
    }
  }

  /** Puts a header's signature into it. */
  void sign(String topic, WeightVersion version, WeightHeader.Builder header) {
    WeightHeader unsigned = WeightHeader.newBuilder(header).build();
    byte[] statement = SignedStatement.of(topic, version, unsigned);
    header.setSigningKey(keyId).setSignature(ByteBuffer.wrap(sign(key, statement)));
  }

  /** Puts a commit's signature into it. */
  void sign(String topic, WeightVersion version, WeightHeader header, WeightCommit.Builder commit) {
    WeightCommit unsigned = WeightCommit.newBuilder(commit).build();
    byte[] statement = SignedStatement.of(topic, version, header, unsigned);
    commit.setSigningKey(keyId).setSignature(ByteBuffer.wrap(sign(key, statement)));
  }
}
