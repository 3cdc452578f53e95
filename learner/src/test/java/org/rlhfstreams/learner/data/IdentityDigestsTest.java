package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class IdentityDigestsTest {
  @Property
  void anIdIsNewOnce(@ForAll List<String> ids) {
    IdentityDigests digests = new IdentityDigests();
    Set<String> seen = new HashSet<>();
    for (String id : ids) {
      assertThat(digests.contains(id)).isEqualTo(seen.contains(id));
      assertThat(digests.add(id)).isEqualTo(seen.add(id));
    }
  }

  @Example
  void manyAreKeptApart() {
    IdentityDigests digests = new IdentityDigests();
    for (int i = 0; i < 100_000; i++) {
      assertThat(digests.add("preference-" + i)).isTrue();
    }
    for (int i = 0; i < 100_000; i++) {
      assertThat(digests.add("preference-" + i)).isFalse();
    }
  }

  @Example
  void anIdThatWasRemovedIsNewAgainAndTheOthersAreNot() {
    IdentityDigests digests = new IdentityDigests();
    Set<String> held = new HashSet<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      String id = "id-" + random.nextInt(3_000);
      if (random.nextInt(3) == 0) {
        digests.remove(id);
        held.remove(id);
      } else {
        assertThat(digests.add(id)).as(id).isEqualTo(held.add(id));
      }
    }
  }
}
