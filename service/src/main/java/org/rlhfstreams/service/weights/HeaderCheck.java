package org.rlhfstreams.service.weights;

import java.util.Optional;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightVersion;

/**
 * Which versions a reader has use for. It is asked of a header, before any memory is taken for what
 * the header announces.
 */
@FunctionalInterface
public interface HeaderCheck {
  /** Why a version cannot be used here, and what to do; empty if it can. */
  Optional<String> problem(WeightVersion version, WeightHeader header);
}
