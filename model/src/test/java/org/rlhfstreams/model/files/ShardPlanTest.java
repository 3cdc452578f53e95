package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.model.architecture.TensorSpecification;

final class ShardPlanTest {
  @ParameterizedTest
  @CsvSource({
    "5GB, 5000000000",
    "500 mb, 500000000",
    "2GiB, 2147483648",
    "7, 7",
    "1TB,1000000000000"
  })
  void aSizeIsReadAsHuggingFaceReadsIt(String size, long bytes) {
    assertThat(ShardPlan.parse(size)).isEqualTo(new ShardPlan(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GB", "5 apples", "0GB", "-1GB", "1.5GB", "999999999999999999TB"})
  void whatIsNoSizeIsRefusedWithAnExample(String size) {
    assertThatThrownBy(() -> ShardPlan.parse(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as 5GB");
  }

  @Test
  void filesAreFilledInOrderAndATensorAboveTheLimitStandsAlone() {
    List<List<String>> names =
        new ShardPlan(10)
                .split(
                    List.of(
                        bytes("a", 4), bytes("b", 6), bytes("c", 3), bytes("d", 11), bytes("e", 7)))
                .stream()
                .map(shard -> shard.stream().map(tensor -> tensor.specification().name()).toList())
                .toList();
    assertThat(names).containsExactly(List.of("a", "b"), List.of("d"), List.of("c", "e"));
  }

  private static TensorSource bytes(String name, long size) {
    return new TensorSource(
        new TensorSpecification(name, List.of(size)), ElementType.U8, channel -> {});
  }
}
