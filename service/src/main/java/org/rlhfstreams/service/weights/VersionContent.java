package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.rlhfstreams.events.WeightKind;

/** What is sent of a version, cut into chunks; the same whenever it is asked. */
interface VersionContent {
  WeightKind kind();

  /** Number of chunks. */
  int chunks();

  /** Hands over the chunks; each is the taker's. */
  void cut(Consumer<ByteBuffer> sink);
}
