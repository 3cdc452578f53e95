package org.rlhfstreams.cli.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.memory.MemorySaving;
import org.rlhfstreams.reward.RewardService;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.worker.RolloutWorker;

/**
 * Each role fits into memory with its model, and all of them together.
 *
 * @param model the policy
 * @param needs of each role, by its name, in order
 * @param failures why the needs of a role cannot be predicted, by its name
 * @param heap bytes that the heap of a process may grow to
 * @param machine bytes of this machine or container
 * @param gpus that models are computed on; their memory is not looked at
 */
public record ModelMemoryCheck(
    Path model,
    Map<String, MemoryNeeds> needs,
    Map<String, String> failures,
    long heap,
    long machine,
    int gpus)
    implements Check {

  /**
   * Of a configuration's roles.
   *
   * @param model the policy
   * @param gpus that models are computed on
   */
  public static ModelMemoryCheck measure(RlhfConfiguration configuration, Path model, int gpus) {
    Map<String, Function<RlhfConfiguration, MemoryNeeds>> roles = new LinkedHashMap<>();
    roles.put("learner", LearnerService::memory);
    roles.put("rollout worker", RolloutWorker::memory);
    roles.put("scorers", RewardService::memory);
    Map<String, MemoryNeeds> needs = new LinkedHashMap<>();
    Map<String, String> failures = new LinkedHashMap<>();
    roles.forEach(
        (role, predict) -> {
          try {
            needs.put(role, predict.apply(configuration));
          } catch (ExplainedException e) {
            failures.put(role, e.getMessage());
          }
        });
    return new ModelMemoryCheck(
        model, needs, failures, Runtime.getRuntime().maxMemory(), MachineMemory.bytes(), gpus);
  }

  @Override
  public List<Diagnosis> diagnoses() {
    List<Diagnosis> diagnoses = new ArrayList<>();
    failures.values().stream()
        .distinct()
        .forEach(
            failure ->
                diagnoses.add(
                    Diagnosis.problem(
                        "model", failure, "rlhf model info --model DIR describes one")));
    needs.forEach((role, need) -> diagnoses.add(alone(role, need)));
    Optional<MemoryNeeds> all = needs.values().stream().reduce(MemoryNeeds::and);
    if (needs.size() > 1) {
      diagnoses.add(together(all.get()));
    }
    return diagnoses;
  }

  private Diagnosis alone(String role, MemoryNeeds need) {
    MemoryNeeds process = need.withProcess(heap);
    String fact = fact(process);
    if (gpus > 0) {
      return Diagnosis.note(
          role, fact + ", part of it on the GPU, whose memory is not checked", "");
    }
    return process.bytes() <= machine
        ? Diagnosis.ok(role, fact)
        : Diagnosis.problem(role, fact, remedy(process));
  }

  /** More than there is hinders one process with all roles, not a cluster. */
  private Diagnosis together(MemoryNeeds need) {
    MemoryNeeds process = need.withProcess(heap);
    String fact = fact(process);
    return process.bytes() <= machine || gpus > 0
        ? Diagnosis.ok("all roles", fact + ", in one process (rlhf up, rlhf train)")
        : Diagnosis.note(
            "all roles",
            fact + ", in one process (rlhf up, rlhf train)",
            "start each role on a machine of its own, or " + remedy(process));
  }

  private String fact(MemoryNeeds process) {
    return String.format(
        Locale.ROOT,
        "%.1f GB predicted with %s, of %.1f GB",
        process.bytes() / 1e9,
        model,
        machine / 1e9);
  }

  private static String remedy(MemoryNeeds process) {
    List<MemorySaving> savings = process.best();
    return savings.isEmpty()
        ? "take a smaller model or a larger machine"
        : savings.stream()
            .map(
                saving ->
                    String.format(
                        Locale.ROOT,
                        "--set %s saves %.1f GB",
                        saving.setting().replace(" = ", "="),
                        saving.bytes() / 1e9))
            .collect(Collectors.joining(", "));
  }
}
