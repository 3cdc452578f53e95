package org.rlhfstreams.topology.judgements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class KrippendorffAlphaTest {
  /** Values of observers by unit; a dot is none. */
  private static KrippendorffAlpha of(int values, String... observers) {
    KrippendorffAlpha alpha = new KrippendorffAlpha(values);
    for (int unit = 0; unit < observers[0].length(); unit++) {
      int[] counts = new int[values];
      for (String observer : observers) {
        if (observer.charAt(unit) != '.') {
          counts[observer.charAt(unit) - '1']++;
        }
      }
      alpha.add(counts);
    }
    return alpha;
  }

  @Test
  void krippendorffsTwoObserversWithTwoValues() {
    // Krippendorff 2011, example A: 1 - 19 * 8 / (20 * 20 - 14 * 14 - 6 * 6), by hand 0.0952.
    assertThat(of(2, "1211111121", "2221121111").value().orElseThrow())
        .isCloseTo(1 - 19 * 8 / 168.0, within(1e-12))
        .isCloseTo(0.095, within(5e-4));
  }

  @Test
  void krippendorffsTwoObserversWithFiveValues() {
    // Krippendorff 2011, example B: 0.692.
    assertThat(of(5, "112243335441", "212223335444").value().orElseThrow())
        .isCloseTo(1 - 23 * 6 / 448.0, within(1e-12))
        .isCloseTo(0.692, within(5e-4));
  }

  @Test
  void krippendorffsFourObserversWithGaps() {
    // Krippendorff 2011, example C: 0.743. Unit 12 has one value and does not count.
    KrippendorffAlpha alpha = of(5, "123321412...", "1233224125.3", ".3332342251.", "12332441251.");
    assertThat(alpha.units()).isEqualTo(11);
    assertThat(alpha.value().orElseThrow()).isCloseTo(0.743, within(5e-4));
  }

  @Test
  void agreementIsOneAndSystematicDisagreementIsNegative() {
    assertThat(of(3, "1231", "1231").value()).hasValue(1);
    // Two units, each with one of either: o = 4 off the diagonal, n = 4: 1 - 3 * 4 / 8.
    assertThat(of(3, "12", "21").value()).hasValue(-0.5);
  }

  @Test
  void withoutTwoValuesThereIsNothingToSay() {
    assertThat(new KrippendorffAlpha(3).value()).isEmpty();
    assertThat(of(3, "12").value()).isEmpty();
    assertThat(of(3, "11", "11").value()).isEmpty();
  }

  @Property(tries = 300)
  void takingUnitsOutIsAsIfTheyHadNeverCome(
      @ForAll @Size(max = 30) List<@Size(3) List<@IntRange(max = 4) Integer>> units,
      @ForAll @Size(max = 30) List<@Size(3) List<@IntRange(max = 4) Integer>> others) {
    KrippendorffAlpha changed = new KrippendorffAlpha(3);
    KrippendorffAlpha direct = new KrippendorffAlpha(3);
    List<int[]> gone = new ArrayList<>();
    for (List<Integer> unit : others) {
      gone.add(unit.stream().mapToInt(Integer::intValue).toArray());
      changed.add(gone.get(gone.size() - 1));
    }
    for (List<Integer> unit : units) {
      int[] counts = unit.stream().mapToInt(Integer::intValue).toArray();
      changed.add(counts);
      direct.add(counts);
    }
    gone.forEach(changed::remove);
    assertThat(changed.value().isPresent()).isEqualTo(direct.value().isPresent());
    if (direct.value().isPresent()) {
      assertThat(changed.value().getAsDouble())
          .isCloseTo(direct.value().getAsDouble(), within(1e-9))
          .isLessThanOrEqualTo(1 + 1e-9);
    }
  }
}
