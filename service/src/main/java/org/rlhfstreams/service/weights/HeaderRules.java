package org.rlhfstreams.service.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/** The rule that a header agrees with itself, and announces what this release can read. */
final class HeaderRules {
  private static final long LARGEST_TENSOR = Integer.MAX_VALUE - 8L;
  // As large as any record may be; publishers stay below it.
  private static final long LARGEST_CHUNK = 1 << 20;
  private static final long SMALLEST_FULL_CHUNK = 1 << 19;

  private HeaderRules() {}

  /** What is wrong with a header, if anything. */
  static Optional<String> problem(WeightVersion version, WeightHeader header) {
    return base(version, header)
        .or(() -> type(header.getTensors()))
        .or(() -> tensors(header.getTensors(), header.getBytes()))
        .or(() -> chunks(header));
  }

  private static Optional<String> base(WeightVersion version, WeightHeader header) {
    WeightVersion base = header.getBase();
    if (header.getKind() == WeightKind.ANCHOR) {
      return base == null
          ? Optional.empty()
          : Optional.of("it is an anchor, and names %s as its base".formatted(text(base)));
    }
    if (base == null) {
      return Optional.of("it is a delta, and names no base");
    }
    return WeightVersions.isNewer(version, base)
        ? Optional.empty()
        : Optional.of("its base %s is not older than it is".formatted(text(base)));
  }

  private static String text(WeightVersion version) {
    return WeightVersions.text(version);
  }

  private static Optional<String> type(List<TensorLayout> layouts) {
    for (TensorLayout layout : layouts) {
      String dtype = layout.getDtype();
      if (WireType.named(dtype).isEmpty()) {
        return Optional.of(
            "tensor %s is of type %s; weights are sent as %s"
                .formatted(layout.getName(), dtype, Arrays.toString(WireType.values())));
      }
      if (!dtype.equals(layouts.get(0).getDtype())) {
        return Optional.of(
            "tensor %s is of type %s, %s of %s; a version has one type"
                .formatted(
                    layout.getName(), dtype, layouts.get(0).getName(), layouts.get(0).getDtype()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> tensors(List<TensorLayout> layouts, long bytes) {
    long end = 0;
    for (TensorLayout layout : layouts) {
      long length = layout.getLength();
      int element = WireType.named(layout.getDtype()).orElseThrow().bytes();
      if (layout.getOffset() != end
          || length < 0
          || length % element != 0
          || length > LARGEST_TENSOR) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "tensor %s is said to have %d bytes from %d on, where the one before ends at %d",
                layout.getName(),
                length,
                layout.getOffset(),
                end));
      }
      if (!hasElements(layout.getShape(), length / element)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "tensor %s of shape %s is said to have %d bytes",
                layout.getName(),
                layout.getShape(),
                length));
      }
      end += length; // each is below 2 GiB, and a record has no room for 2^30 of them
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
    boolean delta = header.getKind() == WeightKind.DELTA;
    // of a delta each chunk has an element at least, and none leaves much room unused
    long fewest = delta ? 0 : (bytes + LARGEST_CHUNK - 1) / LARGEST_CHUNK;
    long most = delta ? bytes / SMALLEST_FULL_CHUNK + 1 : bytes / WireType.BF16.bytes();
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
