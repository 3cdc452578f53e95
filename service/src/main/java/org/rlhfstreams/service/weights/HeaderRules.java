package org.rlhfstreams.service.weights;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;

/** The rule that a header agrees with itself, and announces what this release can read. */
final class HeaderRules {
  private static final String ELEMENT_TYPE = "F32";
  private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8L;
  // As large as any record may be; publishers stay below it.
  private static final long LARGEST_CHUNK = 1 << 20;

  private HeaderRules() {}

  /** What is wrong with a header, if anything. */
  static Optional<String> problem(WeightHeader header) {
    if (header.getKind() != WeightKind.ANCHOR || header.getBase() != null) {
      return Optional.of(
          "it is a %s, and this release reads whole versions only: publish anchors, or start the reader of the learner's release"
              .formatted(header.getKind()));
    }
    return tensors(header.getTensors(), header.getBytes()).or(() -> chunks(header));
  }

  private static Optional<String> tensors(List<TensorLayout> layouts, long bytes) {
    long end = 0;
    for (TensorLayout layout : layouts) {
      long length = layout.getLength();
      if (!layout.getDtype().equals(ELEMENT_TYPE)) {
        return Optional.of(
            "tensor %s is of type %s; weights are sent as %s"
                .formatted(layout.getName(), layout.getDtype(), ELEMENT_TYPE));
      }
      if (layout.getOffset() != end
          || length < 0
          || length % Float.BYTES != 0
          || length / Float.BYTES > LARGEST_ARRAY) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "tensor %s is said to have %d bytes from %d on, where the one before ends at %d",
                layout.getName(),
                length,
                layout.getOffset(),
                end));
      }
      if (!hasElements(layout.getShape(), length / Float.BYTES)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "tensor %s of shape %s is said to have %d bytes",
                layout.getName(),
                layout.getShape(),
                length));
      }
      end += length; // each is below 8 GiB, and a record has no room for 2^30 of them
    }
    return end == bytes
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT, "its tensors have %d bytes, its header says %d", end, bytes));
  }

  /** Whether a shape has so many elements; no product of its sizes passes what a long holds. */
  private static boolean hasElements(List<Long> shape, long elements) {
    if (shape.stream().anyMatch(size -> size < 0)) {
      return false;
    }
    if (shape.contains(0L)) {
      return elements == 0;
    }
    long product = 1;
    for (long size : shape) {
      if (size > elements || product > elements / size) {
        return false;
      }
      product *= size;
    }
    return product == elements;
  }

  private static Optional<String> chunks(WeightHeader header) {
    long bytes = header.getBytes();
    long fewest = (bytes + LARGEST_CHUNK - 1) / LARGEST_CHUNK;
    long most = bytes / Float.BYTES;
    return header.getChunks() >= fewest && header.getChunks() <= most
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "it is said to have %d chunks for %d bytes",
                header.getChunks(),
                bytes));
  }
}
