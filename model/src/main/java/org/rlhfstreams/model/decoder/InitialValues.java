package org.rlhfstreams.model.decoder;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.rlhfstreams.model.architecture.AdaptableMatrix;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.TensorValues;

/**
 * What a model that has learned nothing begins with: matrices normal with standard deviation 0.02,
 * the projections that write into the residual stream scaled by 1/sqrt(2 layers) (Radford et al.
 * 2019, section 2.3), norms 1, biases 0.
 */
public final class InitialValues {
  private static final double DEVIATION = 0.02;

  private InitialValues() {}

  /**
   * The values of all tensors, drawn whenever they are asked for: the same each time.
   *
   * @param seed the same seed, the same model
   */
  public static TensorValues of(TransformerConfiguration configuration, long seed) {
    List<TensorSpecification> specifications = configuration.tensors();
    double residual = DEVIATION / Math.sqrt(2.0 * configuration.layers());
    List<String> residualMatrices =
        configuration.layer().matrices().stream()
            .filter(matrix -> matrix.input().towardsResidual())
            .map(AdaptableMatrix::tensor)
            .toList();
    return new TensorValues(
        specifications.size(),
        index -> {
          TensorSpecification specification = specifications.get(index);
          String name = specification.name();
          boolean writesResidual = residualMatrices.stream().anyMatch(name::endsWith);
          double deviation = writesResidual ? residual : DEVIATION;
          RandomGenerator random =
              new SplittableRandom(new SplittableRandom(seed + index).nextLong());
          float[] tensor = new float[Math.toIntExact(specification.size())];
          boolean matrix = specification.shape().size() > 1;
          for (int i = 0; i < tensor.length; i++) {
            tensor[i] = matrix ? (float) (random.nextGaussian() * deviation) : vector(name);
          }
          return tensor;
        });
  }

  /** Norms begin at 1, biases at 0. */
  private static float vector(String name) {
    return name.endsWith(".weight") ? 1f : 0f;
  }
}
