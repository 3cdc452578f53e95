package org.rlhfstreams.service.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class GroupShareTest {
  private static final TopicPartition FIRST = new TopicPartition("requests", 0);
  private static final TopicPartition SECOND = new TopicPartition("requests", 1);

  private final GroupShare share = new GroupShare("workers");

  private static ConsumerRecord<String, byte[]> record(TopicPartition partition) {
    return new ConsumerRecord<>(partition.topic(), partition.partition(), 0, "key", new byte[] {1});
  }

  private static List<ConsumerRecord<String, byte[]>> ofBoth() {
    return new ArrayList<>(List.of(record(FIRST), record(SECOND)));
  }

  @Test
  void whatWasReadOfAPartitionThatWentToAnotherIsNotOurs() {
    share.onPartitionsAssigned(List.of(FIRST, SECOND));
    List<ConsumerRecord<String, byte[]>> gathered = ofBoth();
    share.onPartitionsRevoked(List.of(SECOND));
    share.keepOwn(gathered);
    assertThat(gathered).extracting(ConsumerRecord::partition).containsExactly(0);
    assertThat(share.partitions()).isEqualTo(1);
  }

  @Test
  void aPartitionThatCameBackIsOursAgain() {
    share.onPartitionsAssigned(List.of(FIRST, SECOND));
    share.onPartitionsLost(List.of(FIRST, SECOND));
    List<ConsumerRecord<String, byte[]>> before = ofBoth();
    share.keepOwn(before);
    assertThat(before).isEmpty();
    share.onPartitionsAssigned(List.of(FIRST, SECOND));
    List<ConsumerRecord<String, byte[]>> after = ofBoth();
    share.keepOwn(after);
    assertThat(after).hasSize(2);
  }

  @Test
  void readyOnceTheGroupHasSharedOutEvenIfNothingIsLeft() {
    assertThat(share.unready()).hasValueSatisfying(why -> assertThat(why).contains("workers"));
    share.onPartitionsAssigned(List.of());
    assertThat(share.unready()).isEmpty();
    share.onPartitionsLost(List.of());
    assertThat(share.unready()).isPresent();
  }
}
