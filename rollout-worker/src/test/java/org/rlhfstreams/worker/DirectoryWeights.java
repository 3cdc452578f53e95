package org.rlhfstreams.worker;

import java.nio.ByteBuffer;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.service.weights.WeightLease;

/** A version of weights that a directory has. */
public record DirectoryWeights(WeightVersion version, ModelDirectory model) implements WeightLease {
  @Override
  public String origin() {
    return model.origin();
  }

  @Override
  public String elementType(String tensor) {
    return model.elementType(tensor);
  }

  @Override
  public ByteBuffer bytes(String tensor, long from, int length) {
    return model.bytes(tensor, from, length);
  }

  @Override
  public void close() {}
}
