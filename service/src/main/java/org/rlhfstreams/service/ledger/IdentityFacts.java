package org.rlhfstreams.service.ledger;

import java.util.Arrays;

/** The facts of one identity, ordered by what they are and where. */
public final class IdentityFacts {
  private long[] facts = new long[16];
  private long[] places = new long[16];
  private int size;

  /** How many there are; at least 1. */
  public int size() {
    return size;
  }

  /** What the fact is, as it was entered. */
  public long fact(int index) {
    return facts[index];
  }

  /** Where it was read, as it was entered. */
  public long place(int index) {
    return places[index];
  }

  void clear() {
    size = 0;
  }

  void add(long fact, long place) {
    if (size == facts.length) {
      facts = Arrays.copyOf(facts, 2 * size);
      places = Arrays.copyOf(places, 2 * size);
    }
    int at = size++;
    for (; at > 0 && isBefore(fact, place, facts[at - 1], places[at - 1]); at--) {
      facts[at] = facts[at - 1];
      places[at] = places[at - 1];
    }
    facts[at] = fact;
    places[at] = place;
  }

  private static boolean isBefore(long fact, long place, long otherFact, long otherPlace) {
    return fact != otherFact ? fact < otherFact : place < otherPlace;
  }
}
