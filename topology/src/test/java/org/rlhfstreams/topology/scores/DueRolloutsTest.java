package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.topology.RestartableProcessor;

/** Each rollout is due once, at its time, however many are due together. */
final class DueRolloutsTest {
  private final KeyValueStore<String, String> store = store();

  private static KeyValueStore<String, String> store() {
    @SuppressWarnings("unchecked") // it is one of texts
    KeyValueStore<String, String> store =
        (KeyValueStore<String, String>)
            RestartableProcessor.store(ScoresTopology.DUE, Serdes.String());
    store.init(new MockProcessorContext<String, Object>().getStateStoreContext(), store);
    return store;
  }

  private long records() {
    try (KeyValueIterator<String, String> all = store.all()) {
      long count = 0;
      while (all.hasNext()) {
        all.next();
        count++;
      }
      return count;
    }
  }

  @Test
  void eachIsDueOnceInTheOrderOfTime() {
    DueRollouts due = new DueRollouts(store);
    List<String> first = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      first.add("größe:3#" + i + "/0");
      due.add("größe:3#" + i + "/0", 20_000);
    }
    due.add("later", 30_000);
    assertThat(records()).isLessThan(20);
    assertThat(due.take(19_999)).isEmpty();
    assertThat(due.take(20_000)).containsExactlyInAnyOrderElementsOf(first);
    assertThat(due.take(29_999)).isEmpty();
    due.add("last", 40_000);
    assertThat(due.take(50_000)).containsExactly("later", "last");
    assertThat(records()).isZero();
  }

  @Test
  void aRestartAndWhatWasKeptOneByOneLoseNothing() {
    store.put("0000000000004e20/of/an/earlier#release", "of/an/earlier#release");
    DueRollouts due = new DueRollouts(store);
    due.add("a", 20_000);
    due.add("b", 20_000);
    due = new DueRollouts(store);
    due.add("c", 20_000);
    due.add("a", 20_001);
    due = new DueRollouts(store);
    assertThat(due.take(20_001))
        .containsExactlyInAnyOrder("of/an/earlier#release", "a", "b", "c", "a");
    assertThat(records()).isZero();
  }

  @Test
  void moreThanOneCallTakesAreTakenByTheNext() {
    DueRollouts due = new DueRollouts(store);
    for (int i = 0; i < 25_000; i++) {
      due.add(String.valueOf(i), 1_000 + i / 1_000);
    }
    List<String> taken = new ArrayList<>();
    for (int call = 0; call < 3; call++) {
      assertThat(due.take(2_000).size()).isBetween(1, 11_000);
    }
    taken.addAll(due.take(2_000));
    assertThat(taken).isEmpty();
    assertThat(records()).isZero();
  }
}
