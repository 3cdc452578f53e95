package org.rlhfstreams.service.weights;

import java.util.Optional;
import org.rlhfstreams.events.WeightVersion;

/** A whole, verified version, as it was assembled: its memory is that of another one later. */
record WeightSnapshot(WeightVersion version, WeightImage image) {
  /** Holds it as it is, unless it is being changed, or has been. */
  Optional<WeightLease> lease() {
    return image.beginReading(version)
        ? Optional.of(new ImageLease(version, image))
        : Optional.empty();
  }
}
