package org.rlhfstreams.service.lineage;

import java.util.List;
import java.util.TreeSet;

/** How many findings there are, and the first ones by their place in the log. */
final class Findings {
  private static final int KEPT = 1000;

  private final TreeSet<Finding> first = new TreeSet<>();
  private long count;

  void add(Finding finding) {
    count++;
    keep(finding);
  }

  private void keep(Finding finding) {
    first.add(finding);
    if (first.size() > KEPT) {
      first.pollLast();
    }
  }

  void addAll(Findings others) {
    count += others.count;
    others.first.forEach(this::keep);
  }

  long count() {
    return count;
  }

  List<Finding> first(int most) {
    return first.stream().limit(most).toList();
  }
}
