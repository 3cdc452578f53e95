package org.rlhfstreams.model.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a layer in the order in which the decoder takes them. This is the only place that
 * knows the position of a tensor: the decoder's script, adapters and the prediction of memory ask
 * by name.
 */
public final class LayerLayout {
  /** Position of a tensor that this model's layers do not have. */
  public static final int MISSING = -1;

  private final List<LayerTensor> present = new ArrayList<>();
  private final Map<String, Integer> positions = new LinkedHashMap<>();

  private LayerLayout() {}

  /** All tensors that the architecture knows, those that this model lacks included. */
  static LayerLayout of(LayerTensor... tensors) {
    LayerLayout layout = new LayerLayout();
    for (LayerTensor tensor : tensors) {
      layout.positions.put(tensor.name(), tensor.present() ? layout.present.size() : MISSING);
      if (tensor.present()) {
        layout.present.add(tensor);
      }
    }
    return layout;
  }

  /** Number of tensors a layer. */
  public int size() {
    return present.size();
  }

  /**
   * Positions within the layer by the tensors' names within the layer; {@link #MISSING} for those
   * that this model does not have.
   */
  public Map<String, Integer> positions() {
    return Collections.unmodifiableMap(positions);
  }

  /** The matrices that adapters can change, in order. */
  public List<AdaptableMatrix> matrices() {
    return present.stream().map(LayerTensor::matrix).flatMap(Optional::stream).toList();
  }

  /**
   * Position of a matrix within the layer.
   *
   * @param matrix one of {@link #matrices}
   */
  public int position(AdaptableMatrix matrix) {
    return positions.get(matrix.tensor());
  }

  /** Names and shapes of one layer's tensors, in order. */
  List<TensorSpecification> tensors(String layerPrefix) {
    return present.stream()
        .map(tensor -> new TensorSpecification(layerPrefix + tensor.name(), tensor.shape()))
        .toList();
  }
}
