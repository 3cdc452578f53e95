package org.rlhfstreams.topology.comparisons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;

/** When a question expires, which pair is useful, when gold is due. */
final class ComparisonRulesTest {
  private static WeightVersion version(int generation, long step) {
    return new WeightVersion(generation, step);
  }

  @Test
  void aVersionExpiresOnceThePolicyIsSoManyStepsOn() {
    ComparisonExpiry expiry = new ComparisonExpiry(3);
    assertThat(expiry.isExpired(version(0, 4), version(0, 7))).isFalse();
    assertThat(expiry.isExpired(version(0, 4), version(0, 8))).isTrue();
    assertThat(expiry.isExpired(version(0, 4), version(1, 4))).isTrue();
    assertThat(expiry.isExpired(version(1, 4), version(1, 5))).isFalse();
  }

  @Test
  void aShareOfThePairsIsRandomAndStaysSo() {
    PairUsefulness rule = new PairUsefulness(0.25);
    long random =
        IntStream.range(0, 10_000).filter(i -> rule.lane("pair " + i) == Lane.RANDOM).count();
    assertThat(random / 10_000.0).isCloseTo(0.25, within(0.02));
    assertThat(new PairUsefulness(0).lane("x")).isEqualTo(Lane.CLOSE);
    assertThat(new PairUsefulness(1).lane("x")).isEqualTo(Lane.RANDOM);
  }

  @Test
  void closeScoresAreUsefulAndRandomPairsDoNotCare() {
    PairUsefulness rule = new PairUsefulness(0.5);
    assertThat(rule.of(Lane.CLOSE, "x", 0.1)).isGreaterThan(rule.of(Lane.CLOSE, "y", 0.2));
    assertThat(rule.of(Lane.RANDOM, "x", 0.1)).isEqualTo(rule.of(Lane.RANDOM, "x", 9));
  }

  @Property(tries = 300)
  void goldKeepsItsShare(
      @ForAll @DoubleRange(max = 0.9) double share, @ForAll @IntRange(max = 2000) int questions) {
    GoldShare rule = new GoldShare(share);
    long gold = 0;
    for (long opened = 0; opened < questions; opened++) {
      gold += rule.isDue(opened, gold) ? 1 : 0;
    }
    assertThat((double) gold).isBetween(share * questions - 1, share * questions + 1e-6);
  }

  @Test
  void namesTellNothing() {
    assertThat(IdentityHash.name("gold 2 + 2?")).matches("[0-9a-f]{12}");
    assertThat(IdentityHash.name("gold 2 + 2?")).isNotEqualTo(IdentityHash.name("gold 2 + 3?"));
  }
}
