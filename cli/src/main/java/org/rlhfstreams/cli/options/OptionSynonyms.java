package org.rlhfstreams.cli.options;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What options of TRL, of transformers' trainer and of vLLM are called here. An option is suggested
 * only to a command that takes it.
 */
public final class OptionSynonyms {
  /** Stands for the section of the command's objective: ppo, or critic-free for the others. */
  private static final String OBJECTIVE = "--OBJECTIVE.";

  /** Their name, without dashes before it, to ours: the first that the command takes. */
  private static final Map<String, List<String>> OURS = new LinkedHashMap<>();

  /** Their name to why there is nothing of the kind here. */
  private static final Map<String, String> WITHOUT = new LinkedHashMap<>();

  static {
    // models and files
    is("model-name-or-path", "--model", "--model.policy");
    is("ref-model", "--reference-model", "--model.reference");
    is("ref-model-name-or-path", "--reference-model", "--model.reference");
    is("sft-model-path", "--model", "--model.policy");
    is("reward-model-path", "--reward-model", "--model.reward");
    is("reward-model-name-or-path", "--reward-model", "--model.reward");
    is("dataset-name", "--data", "--prompts");
    is("train-file", "--data", "--prompts");
    is("dataset-path", "--data", "--prompts");
    is("validation-file", "--validation");
    is("eval-dataset", "--validation");
    is("output-dir", "--output", "--learner.output");
    is("torch-dtype", "--dtype");
    is("bf16", "--dtype");
    is("device", "--device");
    // optimisation
    is("per-device-train-batch-size", "--batch-size");
    is("train-batch-size", "--batch-size");
    is("global-batch-size", "--batch-size");
    is("lr", "--learning-rate");
    is("num-train-epochs", "--epochs");
    is("num-epochs", "--epochs");
    is("adam-epsilon", "--learner.adam-epsilon");
    is("optim", "--learner.optimizer-state");
    is("use-peft", "--lora-rank");
    is("lora-r", "--lora-rank");
    is("max-seq-length", "--max-length");
    is("max-seq-len", "--max-length");
    is("max-prompt-length", "--max-length");
    is("truncation-mode", "--learner.truncation");
    // evaluation and checkpoints
    is("early-stopping-patience", "--learner.early-stop-patience");
    is("metric-for-best-model", "--learner.validation-metric");
    // sampling
    is("num-generations", "--samples");
    is("num-return-sequences", "--samples");
    is("max-completion-length", "--max-new-tokens");
    is("response-length", "--max-new-tokens");
    is("max-tokens", "--max-new-tokens");
    // objectives
    is("kl-coef", "--beta");
    is("init-kl-coef", "--beta");
    is("kl-beta", "--beta");
    is("epsilon", OBJECTIVE + "clip");
    is("cliprange", OBJECTIVE + "clip");
    is("epsilon-high", "--critic-free.clip-high");
    is("num-ppo-epochs", OBJECTIVE + "epochs");
    is("num-iterations", OBJECTIVE + "epochs");
    is("num-mini-batches", OBJECTIVE + "mini-batches");
    is("gamma", "--ppo.gamma");
    is("lam", "--ppo.lambda");
    is("vf-coef", "--ppo.value-coefficient");
    is("cliprange-value", "--ppo.value-clip");
    is("entropy-coef", OBJECTIVE + "entropy-coefficient");
    is("whiten-rewards", "--ppo.whiten-rewards");
    is("scale-rewards", "--critic-free.scale-rewards");
    is("mask-truncated-completions", "--critic-free.mask-truncated-completions");
    is("missing-eos-penalty", OBJECTIVE + "missing-eos-penalty");
    is("simpo-gamma", "--preference.simpo-gamma");
    is("cpo-alpha", "--preference.cpo-alpha");
    is("desirable-weight", "--preference.desirable-weight");
    is("undesirable-weight", "--preference.undesirable-weight");
    is("center-rewards-coefficient", "--preference.reward-centering");
    // vLLM
    is("max-model-len", "--max-length");
    is("max-num-seqs", "--slots", "--rollout-worker.batch-size");

    hasNone(
        "tensor-parallel-size",
        "a model is computed on one device; more rollout workers sample more");
    hasNone(
        "pipeline-parallel-size",
        "a model is computed on one device; more rollout workers sample more");
    hasNone(
        "gpu-memory-utilization", "memory is taken as it is needed; rlhf doctor predicts how much");
    hasNone("trust-remote-code", "code from a model's repository is never run");
    hasNone("quantization", "models compute in float32 or bfloat16");
    hasNone("api-key", "callers are not asked who they are; put a proxy that asks in front");
    hasNone("use-vllm", "rollout workers sample, and learners train what they sampled");
    hasNone(
        "deepspeed", "--learner.gradient-checkpointing, --lora.rank and --model.dtype save memory");
    hasNone("fsdp", "--learner.gradient-checkpointing, --lora.rank and --model.dtype save memory");
    hasNone("report-to", "every step is in metrics.jsonl, and Prometheus can scrape /metrics");
    hasNone("push-to-hub", "the output directory is one that hf upload takes");
  }

  private OptionSynonyms() {}

  private static void is(String theirs, String... ours) {
    OURS.put(theirs, List.of(ours));
  }

  private static void hasNone(String theirs, String why) {
    WITHOUT.put(theirs, why);
  }

  /** All names of others that are known, without dashes before them. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>(OURS.keySet());
    names.addAll(WITHOUT.keySet());
    return names;
  }

  /**
   * What to write instead.
   *
   * @param written an option that the command does not take; underscores count as dashes
   * @return an option that it does take
   */
  public static Optional<String> ours(String written, CommandSpec command) {
    String name = plain(written);
    if (command.findOption("--" + name) != null) {
      return Optional.of("--" + name);
    }
    return OURS.getOrDefault(name, List.of()).stream()
        .map(option -> ofObjective(option, command))
        .filter(option -> command.findOption(option) != null)
        .findFirst()
        .or(() -> ofSection(name, command));
  }

  /**
   * What to tell somebody who wrote an option that the command does not take; empty if nothing is
   * known about it.
   */
  public static Optional<String> advice(String written, CommandSpec command) {
    String option = written.replaceFirst("=.*", "");
    return ours(option, command)
        .map(ours -> "unknown option " + option + ": here it is " + ours)
        .or(
            () ->
                without(option)
                    .map(why -> "unknown option " + option + ": there is none here; " + why));
  }

  /** Why there is nothing of the kind here, if there is not. */
  public static Optional<String> without(String theirs) {
    return Optional.ofNullable(WITHOUT.get(plain(theirs)));
  }

  private static String plain(String written) {
    return written.replaceFirst("=.*", "").replaceFirst("^--", "").replace('_', '-');
  }

  private static String ofObjective(String option, CommandSpec command) {
    return option.replace(OBJECTIVE, command.name().equals("ppo") ? "--ppo." : "--critic-free.");
  }

  /** A setting's name without its section, if only one section has it. */
  private static Optional<String> ofSection(String name, CommandSpec command) {
    List<String> found =
        command.options().stream()
            .flatMap(option -> Arrays.stream(option.names()))
            .filter(option -> option.startsWith("--") && option.endsWith("." + name))
            .toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }
}
