package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A version is found among all that a topic holds. */
final class StoredWeightsTest {
  private static final Topic TOPIC = new Topics("", 1).policyWeights();
  private static final KafkaConnection CONNECTION =
      new KafkaConnection(RlhfConfiguration.of(Map.of()));

  private static final ModelLayout LAYOUT = PublishedVersion.layout();

  private static StoredWeights holding(Optional<WeightVersion> wanted) {
    StoredWeights stored = new StoredWeights(CONNECTION, TOPIC, LAYOUT, wanted);
    for (long step : List.of(1L, 2L, 3L)) {
      List<PublishedTensor> tensors = PublishedVersion.tensors();
      PublishedVersion.of(TOPIC, Optional.empty(), step, tensors).stream()
          .limit(step == 3 ? 2 : Long.MAX_VALUE)
          .forEach(record -> stored.accept(record, Long.MAX_VALUE));
    }
    return stored;
  }

  private static Optional<Long> step(StoredWeights stored) {
    return stored.found().map(snapshot -> snapshot.version().getStep());
  }

  @Test
  void theNewestWholeVersionIsFound() {
    StoredWeights stored = holding(Optional.empty());
    assertThat(step(stored)).contains(2L);
    assertThat(stored.versions()).extracting(WeightVersion::getStep).containsExactly(1L, 2L);
  }

  @Test
  void anOlderOneIsFoundByItsName() {
    assertThat(step(holding(Optional.of(new WeightVersion(0, 1L))))).contains(1L);
  }

  @Test
  void oneThatIsNotWholeOrNotThereIsNotFound() {
    assertThat(step(holding(Optional.of(new WeightVersion(0, 3L))))).isEmpty();
    assertThat(step(holding(Optional.of(new WeightVersion(1, 1L))))).isEmpty();
  }
}
