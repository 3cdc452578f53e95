package org.rlhfstreams.learner.assembly;

import java.nio.file.Path;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.SharedVocabulary;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.training.RewardInput;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.AuxiliaryModel;
import org.rlhfstreams.service.objective.ModelRole;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * The rule that the models of a run exist and fit each other, and that the device is there: tensors
 * are those of the configuration beside them, what reads another's tokens has its vocabulary, what
 * scores has a score head, adapters have somewhere to go, and the machine has the memory. Files
 * alone tell, without weights: nothing need be started before.
 */
public final class ConfiguredModels {
  private ConfiguredModels() {}

  /**
   * Checks the models, and the chat template if it has to mark what the assistant says, that an
   * objective uses, of those that are configured.
   *
   * @throws org.rlhfstreams.service.configuration.ConfigurationException if the one that is trained
   *     is not configured
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with which
   */
  public static void require(RlhfConfiguration configuration) {
    TrainingObjective objective = configuration.learner().objective();
    Path start = configuration.model().required(objective.trains());
    ModelDirectory trained = ModelDirectory.open(start);
    Tokenizer.open(start, trained.configuration()).close();
    if (configuration.lora().enabled()) {
      TrainableModels.adapters(configuration.lora(), trained.configuration())
          .requireTargets(trained.configuration());
    }
    if (configuration.learner().assistantOnlyLoss()) {
      ChatTemplate.open(start).requireMarks();
    }
    if (objective.needs(AuxiliaryModel.TEACHER) && configuration.model().reference().isEmpty()) {
      throw new ConfigurationException(
          objective.text()
              + " learns from a teacher, and there is none: name a model of the same"
              + " vocabulary with model.reference (--reference-model)");
    }
    if (objective.trains() == ModelRole.POLICY) {
      configuration.model().reference().ifPresent(reference -> requireReader(start, reference));
    }
    if (objective.learnsFromRollouts()) {
      configuration
          .model()
          .reward()
          .ifPresent(
              reward -> {
                RewardInput.requireRewardModel(ModelDirectory.open(reward));
                SharedVocabulary.requireWhereKnown(start, reward);
              });
    }
    LearnerMemory.require(configuration, start);
    ComputeDevice.require(configuration.model().device());
  }

  private static void requireReader(Path start, Path reference) {
    ModelDirectory unread = ModelDirectory.open(reference);
    SharedVocabulary.requireWhereKnown(start, unread.path());
  }
}
