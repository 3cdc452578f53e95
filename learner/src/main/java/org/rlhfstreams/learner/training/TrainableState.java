package org.rlhfstreams.learner.training;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.files.TensorValues;
import org.rlhfstreams.model.training.OptimizerState;
import org.rlhfstreams.model.training.TrainableModel;

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

  /**
   * The model of the first tensors.
   *
   * @param type of the copy
   */
  TrainedModel trained(ComputeType type) {
    return trained(model.snapshot(type));
  }

  /** The same in float32, without a copy where that can be: it changes with the next update. */
  TrainedModel current() {
    return trained(model.current());
  }

  private TrainedModel trained(Weights weights) {
    Optional<TrainedModel.Adapters> adapters =
        model
            .adapters()
            .map(
                description ->
                    new TrainedModel.Adapters(
                        description,
                        model.weights().values(description.tensors(model.configuration()).size())));
    return new TrainedModel(model.configuration(), weights, adapters);
  }

  /**
   * All that a trainer of this model alone would have to know.
   *
   * @param more numbers of the trainer
   */
  TrainerState alone(Map<String, Double> more) {
    List<NamedTensor> others = new ArrayList<>();
    Map<String, Double> numbers = new HashMap<>(more);
    collect(others, numbers);
    return new TrainerState(model.configuration(), exported(), others, numbers);
  }

  /** Takes up what {@link #alone} gave. */
  void restore(TrainerState state) {
    restore(state.model(), state.others(), state.restoredNumbers());
  }

  /** The values of the model's own tensors, read when they are asked for. */
  List<float[]> exported() {
    return model.readings();
  }

  void collect(List<NamedTensor> tensors, Map<String, Double> numbers) {
    List<TensorSpecification> specifications = model.weights().specifications();
    List<float[]> weights = model.weights().readings();
    OptimizerState optimizer = model.optimizerState();
    for (int i = 0; i < specifications.size(); i++) {
      if (i >= exported) {
        tensors.add(tensor("weight", specifications.get(i), weights, i));
      }
      tensors.add(tensor("first-moment", specifications.get(i), optimizer.firstMoments(), i));
      tensors.add(tensor("second-moment", specifications.get(i), optimizer.secondMoments(), i));
    }
    numbers.put(name + ".optimizer-step", (double) optimizer.step());
  }

  private NamedTensor tensor(
      String kind, TensorSpecification specification, List<float[]> values, int index) {
    return new NamedTensor(
        key(kind, specification), specification.shape(), TensorValues.source(values, index));
  }

  private String key(String kind, TensorSpecification specification) {
    return name + "." + kind + "." + specification.name();
  }

  void restore(List<float[]> first, List<NamedTensor> tensors, RestoredNumbers numbers) {
    Map<String, NamedTensor> byName = new HashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    List<TensorSpecification> specifications = model.weights().specifications();
    for (int i = 0; i < specifications.size(); i++) {
      float[] weight =
          i < exported ? first.get(i) : find(byName, key("weight", specifications.get(i)));
      model.weights().assign(i, FloatBuffer.wrap(weight));
    }
    long step = (long) numbers.get(name + ".optimizer-step");
    model.restore(
        new OptimizerState(
            step, moments("first-moment", byName), moments("second-moment", byName)));
  }

  private List<float[]> moments(String kind, Map<String, NamedTensor> byName) {
    return TensorValues.of(
        model.weights().specifications(), specification -> find(byName, key(kind, specification)));
  }

  private static float[] find(Map<String, NamedTensor> byName, String key) {
    NamedTensor tensor = byName.get(key);
    if (tensor == null) {
      throw new CheckpointException(
          "the checkpoint has no tensor "
              + key
              + ": it is of another objective or another ppo.value-model");
    }
    return tensor.values();
  }
}
