package org.rlhfstreams.embedded;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;

final class BrokerFaultsTest {
  @Test
  void aBrokerThatFailsWhileItIsClosedDoesNotEndItsProcess() {
    BrokerFaults.take();
    assertThatThrownBy(() -> BrokerFaults.closing(() -> Exit.halt(1, "no raft")))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("failed while it was closed")
        .hasMessageContaining("no raft");
  }
}
