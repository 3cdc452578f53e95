package org.rlhfstreams.service.lineage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sorts of dead letters, by number; for any number of threads. */
final class LetterReasons {
  private static final String OTHER = "other";
  private static final int MOST = 256;

  private final List<String> all = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  /** The number of a sort: who refused, and why. */
  synchronized int number(String stage, String kind) {
    String text = all.size() < MOST ? stage + ": " + kind : OTHER;
    return numbers.computeIfAbsent(
        text,
        any -> {
          all.add(text);
          return all.size() - 1;
        });
  }

  /** All of them, by number. */
  synchronized List<String> all() {
    return List.copyOf(all);
  }
}
