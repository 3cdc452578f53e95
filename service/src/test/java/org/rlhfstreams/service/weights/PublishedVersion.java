package org.rlhfstreams.service.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;

/** The records of a version, as a publisher sends them. */
final class PublishedVersion {
  private PublishedVersion() {}

  /** Several chunks, none aligned with a tensor. */
  static List<PublishedTensor> tensors() {
    SplittableRandom random = new SplittableRandom(3);
    List<PublishedTensor> tensors = new ArrayList<>();
    for (int size : new int[] {7, 300_000, 1, 420_001}) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) random.nextGaussian();
      }
      tensors.add(PublishedTensor.ofFloats("tensor" + size, List.of((long) size), values));
    }
    return tensors;
  }

  /** Of the model that has these tensors. */
  static ModelLayout layout() {
    return new ModelLayout(
        tensors().stream()
            .collect(Collectors.toMap(PublishedTensor::name, PublishedTensor::shape)));
  }

  static List<WeightRecord> of(
      Topic topic, Optional<WeightSigner> signer, long step, List<PublishedTensor> tensors) {
    WeightPublisher publisher = new WeightPublisher(topic, WireType.F32, 1, signer);
    WeightsLog log = new WeightsLog();
    log.publish(publisher, new WeightVersion(0, step), tensors);
    return log.records();
  }
}
