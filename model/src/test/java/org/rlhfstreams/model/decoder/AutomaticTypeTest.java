package org.rlhfstreams.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AutomaticTypeTest {
  @Test
  void onlyProcessorsThatMultiplyBfloat16UseIt() {
    assertThat(AutomaticType.of("flags\t\t: fpu avx512_bf16 amx_tile\n"))
        .isEqualTo(ComputeType.BFLOAT16);
    assertThat(AutomaticType.of("flags\t\t: fpu amx_bf16\n")).isEqualTo(ComputeType.BFLOAT16);
    assertThat(AutomaticType.of("flags\t\t: fpu avx512f avx512_bf16x\n"))
        .isEqualTo(ComputeType.FLOAT32);
    assertThat(AutomaticType.of("")).isEqualTo(ComputeType.FLOAT32);
  }
}
