package org.rlhfstreams.learner.training;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.training.OptimizerState;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.service.weights.NamedTensor;

/** A trainable model as named tensors and back. */
final class TrainableState {
  private final String name;
  private final TrainableModel model;
  private final int exported;

  /**
   * @param name put before each tensor's name
   * @param exported how many of the first trained tensors are the model's own, kept with it
   */
  TrainableState(String name, TrainableModel model, int exported) {
    this.name = name;
    this.model = model;
    this.exported = exported;
  }

  /** The model of the first tensors. */
  TrainedModel trained() {
    Optional<TrainedModel.Adapters> adapters =
        model
            .adapters()
            .map(
                description ->
                    new TrainedModel.Adapters(
                        description,
                        model.weights().values(description.tensors(model.configuration()).size())));
    return new TrainedModel(model.configuration(), exported(), adapters);
  }

  /** All that a trainer of this model alone would have to know. */
  TrainerState alone() {
    List<NamedTensor> others = new ArrayList<>();
    Map<String, Double> numbers = new HashMap<>();
    collect(others, numbers);
    return new TrainerState(model.configuration(), exported(), others, numbers);
  }

  /** Takes up what {@link #alone} gave. */
  void restore(TrainerState state) {
    restore(state.model(), state.others(), state.numbers());
  }

  /** The values of the model's own tensors. */
  List<float[]> exported() {
    return model.modelValues();
  }

  void collect(List<NamedTensor> tensors, Map<String, Double> numbers) {
    List<TensorSpecification> specifications = model.weights().specifications();
    List<float[]> weights = model.weights().values();
    OptimizerState optimizer = model.optimizerState();
    for (int i = 0; i < specifications.size(); i++) {
      if (i >= exported) {
        tensors.add(tensor("weight", specifications.get(i), weights.get(i)));
      }
      tensors.add(tensor("first-moment", specifications.get(i), optimizer.firstMoments().get(i)));
      tensors.add(tensor("second-moment", specifications.get(i), optimizer.secondMoments().get(i)));
    }
    numbers.put(name + ".optimizer-step", (double) optimizer.step());
  }

  private NamedTensor tensor(String kind, TensorSpecification specification, float[] values) {
    return new NamedTensor(key(kind, specification), specification.shape(), values);
  }

  private String key(String kind, TensorSpecification specification) {
    return name + "." + kind + "." + specification.name();
  }

  void restore(List<float[]> first, List<NamedTensor> tensors, Map<String, Double> numbers) {
    Map<String, float[]> byName = new HashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor.values()));
    List<TensorSpecification> specifications = model.weights().specifications();
    List<float[]> firstMoments = new ArrayList<>();
    List<float[]> secondMoments = new ArrayList<>();
    for (int i = 0; i < specifications.size(); i++) {
      TensorSpecification specification = specifications.get(i);
      float[] weight = i < exported ? first.get(i) : find(byName, key("weight", specification));
      model.weights().assign(i, FloatBuffer.wrap(weight));
      firstMoments.add(find(byName, key("first-moment", specification)));
      secondMoments.add(find(byName, key("second-moment", specification)));
    }
    long step = numbers.getOrDefault(name + ".optimizer-step", 0.0).longValue();
    model.restore(new OptimizerState(step, firstMoments, secondMoments));
  }

  private static float[] find(Map<String, float[]> byName, String key) {
    float[] values = byName.get(key);
    if (values == null) {
      throw new CheckpointException(
          "the checkpoint has no tensor "
              + key
              + ": it is of another objective or another ppo.value-model");
    }
    return values;
  }
}
