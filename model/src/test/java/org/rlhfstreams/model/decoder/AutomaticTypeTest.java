package org.rlhfstreams.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AutomaticTypeTest {
  private static ComputeType type(String description) {
    return AutomaticType.of(Processor.described(description));
  }

  @Test
  void onlyProcessorsThatMultiplyBfloat16UseIt() {
    assertThat(type("flags\t\t: fpu avx512_bf16 amx_tile\n")).isEqualTo(ComputeType.BFLOAT16);
    assertThat(type("flags\t\t: fpu amx_bf16\n")).isEqualTo(ComputeType.BFLOAT16);
    assertThat(type("flags\t\t: fpu avx512f avx512_bf16x\n")).isEqualTo(ComputeType.FLOAT32);
    assertThat(type("")).isEqualTo(ComputeType.FLOAT32);
  }

  @Test
  void bfloat16IsPackedWhereOneDnnDoes() {
    assertThat(packs("flags : avx2 fma")).isFalse();
    assertThat(packs("flags : avx2 avx512f avx512dq avx512bw")).isFalse();
    assertThat(packs("flags : avx2 avx512f avx512dq avx512bw avx512vl")).isTrue();
    assertThat(packs("flags : avx2 avx_ne_convert")).isTrue();
  }

  private static boolean packs(String description) {
    return Processor.described(description).packsBfloat16();
  }
}
