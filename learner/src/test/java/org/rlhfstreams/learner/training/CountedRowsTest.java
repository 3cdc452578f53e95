package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CountedRowsTest {
  @Test
  void rowsThatDoNotCountGetZerosInTheirPlace() {
    CountedRows rows =
        CountedRows.where(new int[] {4, 0, 2}, new boolean[] {true, false, false, false, true});
    float[][] outputs = {{1}, {2, 3}, {4, 5, 6}};
    assertThat(rows.members()).containsExactly(4, 0);
    assertThat(rows.of(outputs)).isDeepEqualTo(new float[][] {{1}, {2, 3}});
    assertThat(rows.among(new float[][] {{7}, {8, 9}}, outputs))
        .isDeepEqualTo(new float[][] {{7}, {8, 9}, {0, 0, 0}});
  }
}
