package org.rlhfstreams.service.lineage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The scorers of a log and the sets of them that rollouts required, by number; for any thread. */
final class ScorerNames {
  private static final int MOST = 1024;

  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<List<Integer>> sets = new ArrayList<>();
  private final Map<List<String>, Integer> setNumbers = new HashMap<>();

  ScorerNames() {
    sets.add(List.of()); // of releases with one reward model
    setNumbers.put(List.of(), 0);
  }

  /** The number of a scorer; of very many the last ones are one. */
  synchronized int number(String scorer) {
    String name = names.size() < MOST ? scorer : "other";
    return numbers.computeIfAbsent(
        name,
        any -> {
          names.add(name);
          return names.size() - 1;
        });
  }

  synchronized String name(int number) {
    return names.get(number);
  }

  /** The number of a set of scorers; 0 is the empty one. */
  synchronized int set(List<String> scorers) {
    Integer known = setNumbers.get(scorers);
    if (known == null && sets.size() < MOST) {
      known = sets.size();
      sets.add(scorers.stream().map(this::number).toList());
      setNumbers.put(List.copyOf(scorers), known);
    }
    return known == null ? 0 : known;
  }

  /** The numbers of the scorers of a set. */
  synchronized List<Integer> ofSet(int set) {
    return sets.get(set);
  }

  /** The only set that there is beside the empty one; empty if there are none, or several. */
  synchronized List<Integer> onlySet() {
    return sets.size() == 2 ? sets.get(1) : List.of();
  }
}
