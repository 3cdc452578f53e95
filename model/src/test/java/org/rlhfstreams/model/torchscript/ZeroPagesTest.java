package org.rlhfstreams.model.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ZeroPagesTest {
  private static final int PAGE = 4096;
  private static final int LARGE = (64 << 20) + 5; // neither begins nor ends with a page

  @BeforeEach
  void needsLinux() {
    assumeTrue(Platform.isLinux());
    TorchRuntime.prepare();
  }

  @Test
  void largeTensorsAreZeroAndTakeNoMemoryUntilSomebodyWrites() throws IOException {
    try (NDManager manager = ComputeDevice.newManager()) {
      NDArray large = ones(manager, LARGE);
      long full = resident();

      assertThat(ZeroPages.from(1).clear(List.of(large))).isEmpty();

      assertThat(full - resident()).isGreaterThan(Float.BYTES * (LARGE / 4L * 3));
      assertThat(large.sum().getFloat()).isZero();
      NDArray sum = ComputeThread.call(() -> large.addi(2));
      assertThat(sum.getFloat(0)).isEqualTo(2f);
      assertThat(sum.getFloat(LARGE - 1L)).isEqualTo(2f);
    }
  }

  @Test
  void neighboursInMemoryStayAsTheyAre() {
    try (NDManager manager = ComputeDevice.newManager()) {
      NDArray all = ones(manager, 3_000_000);
      NDArray middle = all.get("1000003:2000007");

      assertThat(ZeroPages.from(1).clear(List.of(middle))).isEmpty();

      assertThat(middle.sum().getFloat()).isZero();
      assertThat(all.get(":1000003").min().getFloat()).isEqualTo(1f);
      assertThat(all.get("2000007:").min().getFloat()).isEqualTo(1f);
    }
  }

  @Test
  void smallTensorsAndSmallModelsAreLeftToOthers() {
    try (NDManager manager = ComputeDevice.newManager()) {
      NDArray small = ones(manager, 100);
      NDArray large = ones(manager, 1 << 20);

      assertThat(ZeroPages.from(1).clear(List.of(small, large))).containsExactly(small);
      assertThat(small.sum().getFloat()).isEqualTo(100f);
      assertThat(ZeroPages.ofSystem().clear(List.of(small))).containsExactly(small);
    }
  }

  private static NDArray ones(NDManager manager, long size) {
    return ComputeThread.call(() -> manager.ones(new Shape(size), DataType.FLOAT32));
  }

  private static long resident() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3)[1];
    return Long.parseLong(pages) * PAGE;
  }
}
