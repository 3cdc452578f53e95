package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.model.training.TokenRow;

final class SampleGroupsTest {
  private static ScoredSample sample(String request, int index) {
    return new ScoredSample(
        request + "/" + index,
        request,
        new TokenRow(new int[] {1, 2}, 1),
        new float[] {-1},
        new float[] {-1},
        0,
        1,
        true,
        new WeightVersion(0, 0L),
        new WeightVersion(0, 0L));
  }

  private static ConsumerRecord<String, byte[]> at(long offset) {
    return new ConsumerRecord<>("scored-rollouts", 0, offset, "key", new byte[0]);
  }

  @Property(tries = 100)
  void inWhateverOrderTheyComeAllAreHandedOutOnceAndTogether(
      @ForAll @IntRange(min = 1, max = 8) int size, @ForAll long seed) {
    List<ScoredSample> all = new ArrayList<>();
    for (int request = 0; request < 10; request++) {
      for (int i = 0; i < size; i++) {
        all.add(sample("request-" + request, i));
      }
    }
    Collections.shuffle(all, new Random(seed));
    SampleGroups groups = new SampleGroups(size);
    List<ScoredSample> handedOut = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      List<ScoredSample> whole =
          groups.add(at(i), all.get(i)).stream().map(SampleGroups.Member::sample).toList();
      assertThat(whole.size()).isIn(0, size);
      assertThat(whole.stream().map(ScoredSample::requestId).distinct().count())
          .isLessThanOrEqualTo(1);
      handedOut.addAll(whole);
    }
    assertThat(handedOut).containsExactlyInAnyOrderElementsOf(all);
    assertThat(groups.waiting()).isEmpty();
  }

  @Test
  void thoseThatWaitAreKnownByOffsetAndGivenUpByAge() {
    SampleGroups groups = new SampleGroups(2);
    Map<Long, String> requests = new HashMap<>(Map.of(3L, "a", 4L, "b", 7L, "c"));
    requests.forEach((offset, request) -> groups.add(at(offset), sample(request, 0)));
    assertThat(groups.waiting()).containsExactly(3L, 4L, 7L);
    assertThat(groups.giveUp(5))
        .extracting(member -> member.record().offset())
        .containsExactlyInAnyOrder(3L, 4L);
    assertThat(groups.waiting()).containsExactly(7L);
    assertThat(groups.add(at(8), sample("c", 1))).hasSize(2);
  }
}
