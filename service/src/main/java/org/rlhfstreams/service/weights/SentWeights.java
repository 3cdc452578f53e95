package org.rlhfstreams.service.weights;

import java.util.List;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightVersion;

/**
 * A version whose header and chunks are in the log; it means nothing until its commit is.
 *
 * @param sha256 of all its bytes, in hexadecimal
 * @param firstOffset of its header
 * @param lastOffset of its last chunk
 * @param chunkBytes of what was sent
 * @param tensors its tensors
 */
public record SentWeights(
    WeightVersion version,
    WeightHeader header,
    String sha256,
    long firstOffset,
    long lastOffset,
    long chunkBytes,
    List<PublishedTensor> tensors) {
  public SentWeights {
    tensors = List.copyOf(tensors);
  }
}
