package org.rlhfstreams.model.files;

import java.nio.ByteBuffer;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

/**
 * The rule that a head is tied to the embedding only if the files do not have one with other
 * values. As in transformers 5, such a head is used, whatever {@code config.json} says.
 */
final class TiedHead {
  static final String HEAD = "lm_head.weight";

  private static final int CHUNK = 1 << 26;

  private TiedHead() {}

  /**
   * A configuration that says what the files have.
   *
   * @param embedding name of the embedding in the files
   */
  static TransformerConfiguration corrected(
      TransformerConfiguration configuration, TensorFiles files, String embedding) {
    boolean both = files.fileOf().containsKey(HEAD) && files.fileOf().containsKey(embedding);
    return both
            && configuration.tieWordEmbeddings()
            && !configuration.classifier()
            && !same(files.holding(HEAD), HEAD, files.holding(embedding), embedding)
        ? configuration.withOwnHead()
        : configuration;
  }

  private static boolean same(
      SafetensorsFile one, String name, SafetensorsFile other, String otherName) {
    if (!one.shape(name).equals(other.shape(otherName))
        || one.elementType(name) != other.elementType(otherName)) {
      return false;
    }
    long size = one.elementType(name).bytes(new TensorSpecification(name, one.shape(name)).size());
    for (long from = 0; from < size; from += CHUNK) {
      int length = (int) Math.min(CHUNK, size - from);
      ByteBuffer bytes = one.bytes(name, from, length);
      if (bytes.mismatch(other.bytes(otherName, from, length)) >= 0) {
        return false;
      }
    }
    return true;
  }
}
