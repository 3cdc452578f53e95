package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.rlhfstreams.events.WeightKind;

/** The elements of a version that differ from those of its base. */
final class DeltaContent implements VersionContent {
  private final ChangedElements changed;
  private final WireType type;
  private int chunks;
  private long bytes;

  DeltaContent(ChangedElements changed, WireType type) {
    this.changed = changed;
    this.type = type;
  }

  /**
   * Counts what there is to send.
   *
   * @param most bytes, before they are compressed
   * @return whether it is no more
   */
  boolean isBelow(long most) {
    chunks = 0;
    bytes = 0;
    write(
        chunk -> {
          bytes += chunk.length();
          chunks++;
        },
        () -> bytes > most);
    return bytes <= most;
  }

  private void write(Consumer<DeltaChunk.Writer> full, BooleanSupplier enough) {
    DeltaChunk.Writer writer = new DeltaChunk.Writer(type);
    changed.visit(
        (position, value) -> {
          if (writer.isFull()) {
            full.accept(writer);
            writer.clear();
          }
          writer.add(position, value);
        },
        enough);
    if (!writer.isEmpty()) {
      full.accept(writer);
    }
  }

  @Override
  public WeightKind kind() {
    return WeightKind.DELTA;
  }

  @Override
  public int chunks() {
    return chunks;
  }

  @Override
  public void cut(Consumer<ByteBuffer> sink) {
    write(chunk -> sink.accept(chunk.toWire()), () -> false);
  }
}
