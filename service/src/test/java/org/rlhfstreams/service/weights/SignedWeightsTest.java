package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.WeightsConfiguration;
import org.rlhfstreams.service.configuration.WeightsDtype;

/** Weights are taken from the holder of a trusted key alone, and only what that signed. */
final class SignedWeightsTest {
  private static final Topic POLICY = new Topics("run.", 1).policyWeights();
  private static final Topic REWARD = new Topics("run.", 1).rewardWeights();
  private static final List<PublishedTensor> TENSORS =
      List.of(
          PublishedTensor.ofFloats("first", List.of(2L), new float[] {1, 2}),
          PublishedTensor.ofFloats("second", List.of(2L), new float[] {3, 4}));

  @TempDir private Path directory;
  private final List<String> refused = new ArrayList<>();
  private Path trusted;
  private WeightSigner signer;

  @BeforeEach
  void makeKeys() throws Exception {
    trusted = directory.resolve("trusted-keys.pem");
    signer = signer("learner", trusted);
  }

  /** A new key pair; its public half goes to a file that may have others. */
  private WeightSigner signer(String name, Path publicKeys) throws Exception {
    return WeightSigner.of(
            settings(Optional.of(keyFile("Ed25519", name, publicKeys)), Optional.of(publicKeys)))
        .orElseThrow();
  }

  private Path keyFile(String algorithm, String name, Path publicKeys)
      throws IOException, NoSuchAlgorithmException {
    KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    Path file = directory.resolve(name + ".pem");
    Files.writeString(file, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    Files.writeString(
        publicKeys,
        pem("PUBLIC KEY", pair.getPublic().getEncoded()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return file;
  }

  private static String pem(String kind, byte[] der) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, lines.encodeToString(der), kind);
  }

  private static List<WeightRecord> published(Optional<WeightSigner> by, long step) {
    return PublishedVersion.of(POLICY, by, step, TENSORS);
  }

  private Optional<WeightSnapshot> read(Topic topic, List<WeightRecord> records) {
    return read(topic, TrustedKeys.of(trusting(trusted)), records);
  }

  private static WeightsConfiguration trusting(Path keys) {
    return settings(Optional.empty(), Optional.of(keys));
  }

  private static WeightsConfiguration settings(Optional<Path> signing, Optional<Path> trusted) {
    return new WeightsConfiguration(
        WeightsDtype.BFLOAT16, 20, Duration.ofMinutes(2), signing, trusted);
  }

  private Optional<WeightSnapshot> read(
      Topic topic, Optional<TrustedKeys> keys, List<WeightRecord> records) {
    WeightAssembler assembler =
        new WeightAssembler(
            topic.name(),
            keys,
            (version, header) -> Optional.empty(),
            (version, reason) -> refused.add(reason),
            (first, last, sink) -> {},
            () -> false);
    Optional<WeightSnapshot> whole = Optional.empty();
    for (WeightRecord record : records) {
      whole = assembler.accept(record, Long.MAX_VALUE);
    }
    return whole;
  }

  @Test
  void whatATrustedKeySignedIsTaken() throws Exception {
    assertThat(read(POLICY, published(Optional.of(signer), 1))).isPresent();
    WeightSigner next = signer("next", trusted); // both, while one takes the other's place
    assertThat(read(POLICY, published(Optional.of(signer), 2))).isPresent();
    assertThat(read(POLICY, published(Optional.of(next), 3))).isPresent();
    assertThat(refused).isEmpty();
  }

  @Test
  void whatIsNotSignedIsRefused() {
    assertThat(read(POLICY, published(Optional.empty(), 1))).isEmpty();
    assertThat(refused)
        .singleElement()
        .asString()
        .startsWith("version 0.1 is refused: it is not signed")
        .contains(trusted.toString(), "weights.signing-key-file");
  }

  @Test
  void anotherKeyIsNamed() throws Exception {
    WeightSigner stranger = signer("stranger", directory.resolve("others.pem"));
    List<WeightRecord> records = published(Optional.of(stranger), 1);
    String keyId = ((WeightCommit) records.get(records.size() - 1).getBody()).getSigningKey();
    assertThat(read(POLICY, records)).isEmpty();
    assertThat(refused)
        .singleElement()
        .asString()
        .startsWith("version 0.1 is refused: it is signed with key " + keyId)
        .contains("kafka-acls.sh --list --topic run.policy-weights");
  }

  @Test
  void aRewardModelsSignatureIsNoneForAPolicy() {
    List<WeightRecord> records = PublishedVersion.of(REWARD, Optional.of(signer), 1, TENSORS);
    assertThat(read(REWARD, records)).isPresent();
    assertNotOfThisVersion(records);
  }

  @Test
  void anotherVersionsSignatureIsNone() {
    List<WeightRecord> moved =
        published(Optional.of(signer), 1).stream()
            .map(record -> new WeightRecord(new WeightVersion(0, 9L), record.getBody()))
            .toList();
    assertNotOfThisVersion(moved);
  }

  @Test
  void anAlteredHashIsNotSigned() {
    List<WeightRecord> records = new ArrayList<>(published(Optional.of(signer), 1));
    List<WeightRecord> others =
        PublishedVersion.of(POLICY, Optional.empty(), 1, List.of(TENSORS.get(1), TENSORS.get(0)));
    WeightCommit signed = (WeightCommit) records.get(2).getBody();
    WeightCommit other = (WeightCommit) others.get(2).getBody();
    // Other bytes with the right hash for them, under a signature of the first.
    WeightChunk chunk = (WeightChunk) others.get(1).getBody();
    records.set(
        1,
        new WeightRecord(
            new WeightVersion(0, 1L),
            WeightChunk.newBuilder(chunk).setAttempt(signed.getAttempt()).build()));
    records.set(
        2,
        new WeightRecord(
            new WeightVersion(0, 1L),
            WeightCommit.newBuilder(signed).setSha256(other.getSha256()).build()));
    assertNotOfThisVersion(records);
  }

  @Test
  void tensorsThatChangedPlacesAreNotSigned() {
    List<WeightRecord> records = new ArrayList<>(published(Optional.of(signer), 1));
    WeightHeader header = (WeightHeader) records.get(0).getBody();
    List<TensorLayout> swapped = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      swapped.add(
          TensorLayout.newBuilder(header.getTensors().get(i))
              .setName(header.getTensors().get(1 - i).getName())
              .build());
    }
    records.set(
        0,
        new WeightRecord(
            new WeightVersion(0, 1L), WeightHeader.newBuilder(header).setTensors(swapped).build()));
    assertNotOfThisVersion(records);
  }

  private void assertNotOfThisVersion(List<WeightRecord> records) {
    assertThat(read(POLICY, records)).isEmpty();
    assertThat(refused).singleElement().asString().contains("is not of this version on run.policy");
  }

  @Test
  void withoutTrustedKeysEverythingIsTaken() {
    assertThat(read(POLICY, Optional.empty(), published(Optional.empty(), 1))).isPresent();
    assertThat(read(POLICY, Optional.empty(), published(Optional.of(signer), 2))).isPresent();
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws Exception {
    Path others = directory.resolve("others.pem");
    Path key = keyFile("Ed25519", "stranger", others);
    assertRefused(Optional.of(key), trusted, "its public half is not in " + trusted);
    assertRefused(Optional.of(trusted), trusted, "has 0 private keys");
    assertRefused(Optional.empty(), key, "has no public key");
    assertRefused(Optional.empty(), directory.resolve("nowhere.pem"), "does not exist");
    Path other = keyFile("EC", "other", directory.resolve("other-public.pem"));
    assertRefused(Optional.of(other), trusted, "has no Ed25519 key");
    assertRefused(Optional.empty(), directory.resolve("other-public.pem"), "is not Ed25519");
    assertThatThrownBy(() -> settings(Optional.of(key), Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("needs weights.trusted-keys-file");
  }

  private static void assertRefused(Optional<Path> signing, Path trusted, String why) {
    WeightsConfiguration settings = settings(signing, Optional.of(trusted));
    assertThatThrownBy(
            () -> {
              TrustedKeys.of(settings);
              WeightSigner.of(settings);
            })
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(why);
  }
}
