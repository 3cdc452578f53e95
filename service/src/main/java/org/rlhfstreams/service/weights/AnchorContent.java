package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.rlhfstreams.events.WeightKind;

/** All elements of a version: the bytes of its tensors, one after another. */
final class AnchorContent implements VersionContent {
  private static final int CHUNK = 900_000;

  private final List<PublishedTensor> tensors;
  private final long bytes;

  /**
   * @param bytes of all tensors
   */
  AnchorContent(List<PublishedTensor> tensors, long bytes) {
    this.tensors = tensors;
    this.bytes = bytes;
  }

  @Override
  public WeightKind kind() {
    return WeightKind.ANCHOR;
  }

  @Override
  public int chunks() {
    return Math.toIntExact((bytes + CHUNK - 1) / CHUNK);
  }

  @Override
  public void cut(Consumer<ByteBuffer> sink) {
    Cutter cutter = new Cutter(sink, bytes);
    tensors.forEach(tensor -> tensor.reading().with(cutter::take));
  }

  private static final class Cutter {
    private final Consumer<ByteBuffer> sink;
    private long left;
    private ByteBuffer chunk;

    Cutter(Consumer<ByteBuffer> sink, long bytes) {
      this.sink = sink;
      this.left = bytes;
      this.chunk = empty();
    }

    private ByteBuffer empty() {
      return ByteBuffer.allocate((int) Math.min(CHUNK, left));
    }

    void take(ByteBuffer bytes) {
      ByteBuffer rest = bytes.duplicate();
      int end = rest.limit();
      while (rest.position() < end) {
        rest.limit(Math.min(end, rest.position() + chunk.remaining()));
        chunk.put(rest);
        if (!chunk.hasRemaining()) {
          left -= chunk.capacity();
          sink.accept(chunk.flip());
          chunk = empty();
        }
      }
    }
  }
}
