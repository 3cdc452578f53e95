package org.rlhfstreams.topology.judgements;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;

/** The rule whom an annotator is compared with: the choice that most of the others made. */
final class MajorityOfOthers {
  private MajorityOfOthers() {}

  /** Their choice; empty where there is no other, or where no choice has more than the others. */
  static Optional<Choice> of(String annotator, List<Judgement> counted) {
    Map<Choice, Integer> counts = new EnumMap<>(Choice.class);
    for (Judgement judgement : counted) {
      if (!judgement.getAnnotator().equals(annotator)) {
        counts.merge(judgement.getChoice(), 1, Integer::sum);
      }
    }
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    List<Choice> leaders =
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() == most)
            .map(Map.Entry::getKey)
            .toList();
    return leaders.size() == 1 ? Optional.of(leaders.get(0)) : Optional.empty();
  }
}
