package org.rlhfstreams.service.configuration;

import java.nio.file.Path;
import java.util.Optional;
import org.rlhfstreams.service.objective.ModelRole;

/** The models, each a Hugging Face directory. */
public record ModelConfiguration(
    @Setting(description = "The policy a run starts from.") Optional<Path> policy,
    @Setting(description = "The reference the policy is held to; the policy when not set.")
        Optional<Path> reference,
    @Setting(description = "The reward model that scores rollouts.") Optional<Path> reward,
    @Setting(
            value = "auto",
            description =
                "What models compute in: float32, bfloat16, auto, the faster one, or stored,"
                    + " float32 where the weights are stored so and else the faster one.")
        Dtype dtype,
    @Setting(
            value = "auto",
            description = "Where models compute: cpu, cuda:N, or auto, a GPU where there is one.")
        String device) {

  /**
   * The directory of the model with that role.
   *
   * @throws ConfigurationException when it is not set
   */
  public Path required(ModelRole role) {
    return switch (role) {
      case POLICY -> requiredPolicy();
      case REWARD_MODEL -> requiredReward();
    };
  }

  /**
   * The policy's directory.
   *
   * @throws ConfigurationException when it is not set
   */
  public Path requiredPolicy() {
    return required(policy, "model.policy");
  }

  /**
   * The reference's directory, by default the policy's.
   *
   * @throws ConfigurationException when neither is set
   */
  public Path referenceOrPolicy() {
    return reference.orElseGet(this::requiredPolicy);
  }

  /**
   * The reward model's directory.
   *
   * @throws ConfigurationException when it is not set
   */
  public Path requiredReward() {
    return reward.orElseThrow(
        () ->
            new ConfigurationException(
                "model.reward is not set: name a Hugging Face directory with --reward-model or"
                    + " --model.reward, in rlhf.yaml or in RLHF_MODEL_REWARD, or give rewards that"
                    + " need no reward model"));
  }

  private static Path required(Optional<Path> path, String key) {
    return path.orElseThrow(
        () ->
            new ConfigurationException(
                key
                    + " is not set: name a Hugging Face directory in rlhf.yaml, in "
                    + KnownKeys.environmentName(key)
                    + " or with --"
                    + key));
  }
}
