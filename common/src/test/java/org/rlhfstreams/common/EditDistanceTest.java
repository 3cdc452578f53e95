package org.rlhfstreams.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EditDistanceTest {
  @Test
  void aTypingErrorIsMeantForItsNearest() {
    List<String> known = List.of("sft", "ppo", "dpo", "online-dpo");
    assertThat(EditDistance.meant("dppo", known)).containsExactly("dpo", "ppo");
    assertThat(EditDistance.meant("sfft", known)).containsExactly("sft");
    assertThat(EditDistance.meant("classify", known)).isEmpty();
    assertThat(EditDistance.meant("x", known)).isEmpty();
    assertThat(EditDistance.between("kitten", "sitting")).isEqualTo(3);
  }
}
