package org.rlhfstreams.service.lineage;

import java.util.List;
import java.util.Optional;

/**
 * One thing that the log may not have.
 *
 * @param id of what it is about; empty until it was read, since an account holds no ids
 * @param what is wrong with it
 * @param places of the records that show it, in the order of the log
 * @param index of it within the first of them, or {@link #NAMELESS}
 */
record Finding(Optional<String> id, String what, List<LogPlace> places, int index)
    implements Comparable<Finding> {
  /** The index of what has no id of its own. */
  static final int NAMELESS = -1;

  Finding {
    places = List.copyOf(places);
  }

  Finding named(String newId) {
    return new Finding(Optional.of(newId), what, places, index);
  }

  @Override
  public int compareTo(Finding other) {
    int byPlace = places.get(0).compareTo(other.places.get(0));
    int byIndex = byPlace != 0 ? byPlace : Integer.compare(index, other.index);
    return byIndex != 0 ? byIndex : what.compareTo(other.what);
  }
}
