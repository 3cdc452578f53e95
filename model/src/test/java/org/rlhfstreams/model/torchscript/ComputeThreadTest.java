package org.rlhfstreams.model.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
final class ComputeThreadTest {
  @Test
  void anOperationWithinAnotherRunsOnTheSameThread() {
    List<Thread> threads =
        ComputeThread.call(
            () -> List.of(Thread.currentThread(), ComputeThread.call(Thread::currentThread)));
    assertThat(threads.get(1)).isSameAs(threads.get(0)).isNotSameAs(Thread.currentThread());
  }

  @Test
  void whatAnOperationThrowsIsThrownToItsCaller() {
    assertThatThrownBy(
            () ->
                ComputeThread.call(
                    () ->
                        ComputeThread.call(
                            () -> {
                              throw new IllegalArgumentException("inner");
                            })))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("inner");
    assertThat(ComputeThread.<Integer>call(() -> 1)).isEqualTo(1);
  }
}
