package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.kafka.ConnectionException;

final class TransactionLimitTest {
  private final TransactionLimit over = new TransactionLimit(Duration.ZERO);

  @Test
  void oneThatTheBrokerEndedForItsLengthIsNotTriedAgain() {
    for (RuntimeException ended :
        new RuntimeException[] {
          new ProducerFencedException("newer"),
          new KafkaException("sent", new InvalidProducerEpochException("old"))
        }) {
      over.begin();
      assertThatThrownBy(() -> over.requireWithin("step 7", ended, () -> {}))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("step 7 took")
          .hasMessageContaining("kafka.transaction.timeout.ms");
    }
  }

  @Test
  void aBrokerThatIsAwayIsWaitedForHoweverLong() {
    over.begin();
    assertThatCode(() -> over.requireWithin("step 7", new TimeoutException("away"), () -> {}))
        .doesNotThrowAnyException();
  }

  @Test
  void aNewOwnerIsTheBetterReason() {
    over.begin();
    assertThatThrownBy(
            () ->
                over.requireWithin(
                    "step 7",
                    new ProducerFencedException("newer"),
                    () -> {
                      throw new ConnectionException("another learner has taken over");
                    }))
        .hasMessage("another learner has taken over");
  }

  @Test
  void oneThatWasInTimeIsTriedAgain() {
    TransactionLimit limit = new TransactionLimit(Duration.ofMinutes(5));
    limit.begin();
    assertThatCode(
            () -> limit.requireWithin("step 7", new ProducerFencedException("newer"), () -> {}))
        .doesNotThrowAnyException();
  }
}
