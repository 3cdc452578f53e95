package org.rlhfstreams.model.memory;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;

/**
 * What a learner holds.
 *
 * @param trained the model that is trained
 * @param load of one pass
 * @param valueModel trained beside it, every weight, if it is a model of its own
 * @param reference a frozen model beside it
 * @param versions bytes of weights on their way out
 */
public record LearnerLoad(
    TransformerConfiguration trained,
    TrainingMode mode,
    TrainingLoad load,
    Optional<TransformerConfiguration> valueModel,
    Optional<TransformerConfiguration> reference,
    long versions) {
  private static final List<MemoryPart> KEPT =
      List.of(MemoryPart.WEIGHTS, MemoryPart.GRADIENTS, MemoryPart.OPTIMIZER, MemoryPart.UNDO);

  /** With moments in another type. */
  public LearnerLoad withMoments(ComputeType type) {
    return new LearnerLoad(trained, mode.withMoments(type), load, valueModel, reference, versions);
  }

  /** What another way of training saves. */
  public MemorySaving saving(String setting, LearnerLoad other) {
    return new MemorySaving(setting, peak().total() - other.peak().total());
  }

  /** As the needs of a role. */
  public MemoryNeeds needs(String role, List<MemorySaving> savings) {
    return MemoryNeeds.of(role, peak(), savings);
  }

  private MemoryPhase peak() {
    MemoryPhase own = TrainingMemory.of(trained, 0, mode, load).peak();
    Map<MemoryPart, Long> parts = new EnumMap<>(MemoryPart.class);
    parts.putAll(own.parts());
    valueModel.ifPresent(
        model -> {
          // it computes while the other one rests: activations take each other's place
          TrainingMode full =
              new TrainingMode(mode.compute(), mode.moments(), Optional.empty(), mode.undo());
          MemoryPhase value = TrainingMemory.of(model, 0, full, load).peak();
          KEPT.forEach(part -> parts.merge(part, value.bytes(part), Long::sum));
        });
    reference.ifPresent(
        model ->
            parts.merge(
                MemoryPart.WEIGHTS,
                mode.compute().bytes() * new Sizes(model).parameters(),
                Long::sum));
    parts.put(MemoryPart.VERSIONS, versions);
    return new MemoryPhase(own.name(), parts);
  }
}
