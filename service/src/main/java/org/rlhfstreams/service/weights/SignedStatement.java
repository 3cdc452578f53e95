package org.rlhfstreams.service.weights;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightVersion;

/**
 * What a weight signature is over: the topic, so that a reward model's is none for a policy and one
 * run's none for another; the version; what its header says; and the hash of its bytes. Each part
 * is preceded by its length. Not the Avro form, which changes when a schema gains a field.
 */
final class SignedStatement {
  private static final String FORM = "rlhf-streams weights 1";

  private SignedStatement() {}

  static byte[] of(String topic, WeightVersion version, WeightHeader header, String sha256) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(FORM);
      out.writeUTF(topic);
      write(version, out);
      out.writeUTF(header.getKind().name());
      out.writeBoolean(header.getBase() != null);
      if (header.getBase() != null) {
        write(header.getBase(), out);
      }
      out.writeUTF(header.getModelFamily());
      out.writeInt(header.getProtocol());
      out.writeInt(header.getChunks());
      out.writeLong(header.getBytes());
      out.writeInt(header.getTensors().size());
      for (TensorLayout tensor : header.getTensors()) {
        write(tensor, out);
      }
      out.writeUTF(sha256);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes what is written", e);
    }
    return bytes.toByteArray();
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
