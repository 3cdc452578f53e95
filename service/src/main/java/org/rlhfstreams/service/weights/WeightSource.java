package org.rlhfstreams.service.weights;

import java.util.Optional;
import org.rlhfstreams.events.WeightVersion;

/** Where the newest version of some weights is. */
public interface WeightSource {
  /** The newest whole version, if there is any yet. */
  Optional<WeightVersion> newest();

  /**
   * Holds the newest version.
   *
   * @return empty where there is none yet, and while one takes the place of another: ask again
   */
  Optional<WeightLease> lease();

  /** Whether a version may follow that is older than the one before, since somebody asks for it. */
  default boolean goesBack() {
    return false;
  }

  /**
   * The version whose weights the model's own directory has: it is in use from the start, and is
   * never leased. Empty if the first version is yet to arrive.
   */
  default Optional<WeightVersion> ofDirectory() {
    return Optional.empty();
  }
}
