package org.rlhfstreams.service.weights;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightVersion;

/**
 * What a weight signature is over: the topic, so that a reward model's is none for a policy and one
 * run's none for another; the version; what its header says; and, of a commit, the hash of its
 * bytes and where they are. Each part is preceded by its length. Not the Avro form, which changes
 * when a schema gains a field.
 */
final class SignedStatement {
  private static final String HEADER = "rlhf-streams weights 2, header";
  private static final String COMMIT = "rlhf-streams weights 2, commit";

  private SignedStatement() {}

  @FunctionalInterface
  private interface Part {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Of a header; its own signature is no part of it. */
  static byte[] of(String topic, WeightVersion version, WeightHeader header) {
    return written(out -> write(HEADER, topic, version, header, out));
  }

  /** Of a commit; its own signature is no part of it. */
  static byte[] of(String topic, WeightVersion version, WeightHeader header, WeightCommit commit) {
    return written(
        out -> {
          write(COMMIT, topic, version, header, out);
          out.writeUTF(commit.getSha256());
          out.writeUTF(commit.getAttempt());
          writeOptional(commit.getBase(), out);
          writeOptional(commit.getFirstOffset(), out);
          writeOptional(commit.getLastOffset(), out);
        });
  }

  private static byte[] written(Part part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      part.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes what is written", e);
    }
    return bytes.toByteArray();
  }

  private static void write(
      String form, String topic, WeightVersion version, WeightHeader header, DataOutputStream out)
      throws IOException {
    out.writeUTF(form);
    out.writeUTF(topic);
    write(version, out);
    out.writeUTF(header.getKind().name());
    writeOptional(header.getBase(), out);
    out.writeUTF(header.getModelFamily());
    out.writeInt(header.getProtocol());
    out.writeInt(header.getChunks());
    out.writeLong(header.getBytes());
    out.writeUTF(header.getAttempt());
    out.writeInt(header.getTensors().size());
    for (TensorLayout tensor : header.getTensors()) {
      write(tensor, out);
    }
  }

  private static void writeOptional(WeightVersion version, DataOutputStream out)
      throws IOException {
    out.writeBoolean(version != null);
    if (version != null) {
      write(version, out);
    }
  }

  private static void writeOptional(Long value, DataOutputStream out) throws IOException {
    out.writeBoolean(value != null);
    if (value != null) {
      out.writeLong(value);
    }
  }

  private static void write(WeightVersion version, DataOutputStream out) throws IOException {
    out.writeInt(version.getGeneration());
    out.writeLong(version.getStep());
  }

  private static void write(TensorLayout tensor, DataOutputStream out) throws IOException {
    out.writeUTF(tensor.getName());
    out.writeUTF(tensor.getDtype());
    out.writeInt(tensor.getShape().size());
    for (long size : tensor.getShape()) {
      out.writeLong(size);
    }
    out.writeLong(tensor.getOffset());
    out.writeLong(tensor.getLength());
  }
}
