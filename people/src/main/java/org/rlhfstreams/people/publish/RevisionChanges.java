package org.rlhfstreams.people.publish;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.live.JudgementsView;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.schemas.Topics;

/**
 * What is published of preferences and answers at once.
 *
 * @param preferences in their order; of a revision the one that it takes back, then what it says
 * @param judgements in the same order
 */
public record RevisionChanges(List<Preference> preferences, List<Judgement> judgements) {
  /** What a revision says from now on; its id is the revision's in the log. */
  public Preference said() {
    return preferences.get(preferences.size() - 1);
  }

  /** As the log takes them. */
  public List<ProducerRecord<String, Object>> records(Topics topics) {
    List<ProducerRecord<String, Object>> records = new ArrayList<>();
    for (Judgement judgement : judgements) {
      records.add(
          new ProducerRecord<>(topics.judgements().name(), judgement.getComparisonId(), judgement));
    }
    for (Preference preference : preferences) {
      records.add(
          new ProducerRecord<>(
              topics.preferences().name(), preference.getPreferenceId(), preference));
    }
    return records;
  }

  /** Puts into the views what has been published. */
  public void apply(PreferencesView preferencesView, JudgementsView judgementsView) {
    judgements.forEach(judgementsView::apply);
    preferences.forEach(preferencesView::apply);
  }
}
