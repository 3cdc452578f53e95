package org.rlhfstreams.cli.options;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The short option names of configuration keys: those that trainers of language models usually
 * have.
 */
final class ShortNames {
  /** Taken by every command that reads the configuration. */
  private static final Map<String, List<String>> EVERYWHERE = new HashMap<>();

  /**
   * Taken by commands that use the key; others may have an option of the name for another thing.
   */
  private static final Map<String, List<String>> WHERE_USED = new HashMap<>();

  static {
    everywhere("connection.bootstrap-servers", "--bootstrap-servers");
    everywhere("connection.schema-registry-url", "--schema-registry-url");
    everywhere("connection.topic-prefix", "--topic-prefix");
    everywhere("learner.learning-rate", "--learning-rate");
    everywhere("learner.batch-size", "--batch-size");
    everywhere("learner.epochs", "--epochs");
    everywhere("learner.max-steps", "--max-steps");
    everywhere("learner.evaluate-every", "--evaluate-every");
    everywhere("learner.max-length", "--max-length");
    everywhere("learner.assistant-only-loss", "--assistant-only-loss");
    everywhere("sampling.samples", "--samples");
    everywhere("rollout-worker.engine", "--engine");
    everywhere("rollout-worker.engine-url", "--engine-url");
    everywhere("admission.metadata", "--metadata");
    everywhere("range.from", "--from");
    everywhere("range.until", "--until");
    whereUsed("model.dtype", "--dtype");
    whereUsed("model.device", "--device");
    whereUsed("learner.micro-batch-size", "--micro-batch-size");
    whereUsed("learner.gradient-accumulation-steps", "--gradient-accumulation-steps");
    whereUsed("learner.gradient-checkpointing", "--gradient-checkpointing");
    whereUsed("learner.warmup-steps", "--warmup-steps");
    whereUsed("learner.warmup-ratio", "--warmup-ratio");
    whereUsed("learner.schedule", "--lr-scheduler-type");
    whereUsed("learner.weight-decay", "--weight-decay");
    whereUsed("learner.max-grad-norm", "--max-grad-norm");
    whereUsed("learner.logging-steps", "--logging-steps");
    whereUsed("learner.checkpoint-every", "--save-steps");
    whereUsed("learner.evaluate-every", "--eval-steps");
    whereUsed("lora.rank", "--lora-rank");
    whereUsed("lora.alpha", "--lora-alpha");
    whereUsed("lora.target-modules", "--lora-target-modules");
    whereUsed("sampling.max-new-tokens", "--max-new-tokens");
    whereUsed("sampling.temperature", "--temperature");
    whereUsed("sampling.top-k", "--top-k");
    whereUsed("sampling.top-p", "--top-p");
    whereUsed("preference.loss", "--loss-type");
    whereUsed("preference.label-smoothing", "--label-smoothing");
  }

  private ShortNames() {}

  private static void everywhere(String key, String name) {
    EVERYWHERE.put(key, List.of(name));
  }

  private static void whereUsed(String key, String name) {
    WHERE_USED.put(key, List.of(name));
  }

  /** The short names of a key, with dashes; empty if it has none. */
  static List<String> of(String key, boolean used) {
    List<String> always = EVERYWHERE.getOrDefault(key, List.of());
    if (!used) {
      return always;
    }
    List<String> names = new ArrayList<>(always);
    names.addAll(WHERE_USED.getOrDefault(key, List.of()));
    return names;
  }
}
