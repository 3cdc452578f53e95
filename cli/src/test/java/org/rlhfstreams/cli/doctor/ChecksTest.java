package org.rlhfstreams.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.cli.doctor.Diagnosis.State;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.memory.MemoryPart;
import org.rlhfstreams.model.memory.MemoryPhase;
import org.rlhfstreams.model.memory.MemorySaving;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.log.Guarantee;

/** What each check makes of what was measured, and what it tells the user to do. */
final class ChecksTest {
  private static final long GB = 1_000_000_000L;
  private static final Path DIR = Path.of("runs");

  private static Diagnosis only(Check check) {
    assertThat(check.diagnoses()).hasSize(1);
    return check.diagnoses().get(0);
  }

  private static void assertStates(Check check, State... states) {
    assertThat(check.diagnoses()).extracting(Diagnosis::state).containsExactly(states);
    assertThat(check.diagnoses())
        .filteredOn(diagnosis -> diagnosis.state() == State.OK)
        .allMatch(diagnosis -> diagnosis.remedy().isEmpty());
  }

  @Test
  void javaOlderThanTheClassesIsAProblem() {
    assertThat(only(new JavaCheck(17)).state()).isEqualTo(State.OK);
    assertThat(only(new JavaCheck(21)).state()).isEqualTo(State.OK);
    Diagnosis old = only(new JavaCheck(11));
    assertThat(old.state()).isEqualTo(State.PROBLEM);
    assertThat(old.line()).startsWith("problem  Java").contains("11", "openjdk-17-jdk");
  }

  @Test
  void oneCoreIsSlowAndLittleMemoryIsAProblem() {
    assertStates(new MachineCheck(2, 4 * GB), State.OK, State.OK);
    assertStates(new MachineCheck(1, 4 * GB), State.NOTE, State.OK);
    MachineCheck small = new MachineCheck(2, 2 * GB);
    assertStates(small, State.OK, State.PROBLEM);
    assertThat(small.diagnoses().get(1).line()).contains("2.0 GB", "needs 3.0 GB", "--memory");
  }

  private static MemoryNeeds needs(String role, long bytes) {
    return new MemoryNeeds(
        Map.of(role, new MemoryPhase(role, Map.of(MemoryPart.WEIGHTS, bytes))),
        List.of(new MemorySaving("lora.rank = 16", bytes / 2)));
  }

  private static ModelMemoryCheck memory(long machine, int gpus) {
    Map<String, MemoryNeeds> needs = new LinkedHashMap<>();
    needs.put("learner", needs("learner", 6 * GB));
    needs.put("rollout worker", needs("rollout worker", 2 * GB));
    return new ModelMemoryCheck(DIR, needs, Map.of(), GB, machine, gpus);
  }

  @Test
  void aRoleThatDoesNotFitIsAProblemAndAllTogetherAreANote() {
    assertStates(memory(40 * GB, 0), State.OK, State.OK, State.OK);
    ModelMemoryCheck apart = memory(9 * GB, 0);
    assertStates(apart, State.OK, State.OK, State.NOTE);
    assertThat(apart.diagnoses().get(2).line())
        .contains("all roles", "of 9.0 GB", "start each role on a machine of its own");
    ModelMemoryCheck small = memory(5 * GB, 0);
    assertStates(small, State.PROBLEM, State.OK, State.NOTE);
    assertThat(small.diagnoses().get(0).line())
        .contains("learner", "of 5.0 GB", "--set lora.rank=16 saves 3.0 GB");
  }

  @Test
  void theMemoryOfAGpuIsNotJudged() {
    assertStates(memory(GB, 1), State.NOTE, State.NOTE, State.OK);
  }

  @Test
  void aModelThatCannotBeReadIsSaidOnce() {
    ModelMemoryCheck check =
        new ModelMemoryCheck(
            DIR,
            Map.of(),
            Map.of("learner", "no such\ndirectory", "scorers", "no such\ndirectory"),
            GB,
            GB,
            0);
    Diagnosis diagnosis = only(check);
    assertThat(diagnosis.state()).isEqualTo(State.PROBLEM);
    assertThat(diagnosis.line())
        .contains("no such; directory", "rlhf model info")
        .doesNotContain("\n");
  }

  @Test
  void aDiskNeedsRoomAndTheRightToWrite() {
    assertStates(new DiskCheck("runs", DIR, true, 5 * GB, GB, "a run takes", "--output"), State.OK);
    Diagnosis full = only(new DiskCheck("runs", DIR, true, GB, 5 * GB, "a run takes", "--output"));
    assertThat(full.state()).isEqualTo(State.PROBLEM);
    assertThat(full.line()).contains("runs has 1.0 GB free", "a run takes 5.0 GB", "--output");
    Diagnosis foreign = only(new DiskCheck("runs", DIR, false, 5 * GB, GB, "a run", "--output"));
    assertThat(foreign.state()).isEqualTo(State.PROBLEM);
    assertThat(foreign.line()).contains("runs cannot be written to", "--output");
  }

  /** Two models in each of PPO's three checkpoints, one in DPO's four, none with adapters. */
  @Test
  void aRunsSizeFollowsFromItsObjective() {
    Path model = Path.of("..", "models", "starter");
    long parameters = ModelDirectory.readConfiguration(model).parameters();
    long rest = RunDisk.bytes(settings("dpo", "4"), model);
    assertThat(rest).isGreaterThan(GB).isLessThan(GB + 100 * parameters);
    assertThat(RunDisk.bytes(settings("dpo", "0"), model) - rest).isEqualTo(48 * parameters);
    assertThat(RunDisk.bytes(settings("ppo", "0"), model) - rest).isEqualTo(72 * parameters);
  }

  private static RlhfConfiguration settings(String objective, String rank) {
    return RlhfConfiguration.of(Map.of("learner.objective", objective, "lora.rank", rank));
  }

  private static PortCheck.Port port(
      String setting, int number, String refusal, boolean configured) {
    return new PortCheck.Port(
        setting, "127.0.0.1", number, Optional.ofNullable(refusal), configured);
  }

  @Test
  void aTakenPortIsAProblemIfItWasChosenAndANoteIfItIsADefault() {
    PortCheck check =
        new PortCheck(
            List.of(
                port("learner.http-port", 8100, "Address already in use", true),
                port("people.http-port", 8080, null, true),
                port("controller.http-port", 0, null, true),
                port("rlhf up --port", 9092, "Address already in use", false)));
    assertStates(check, State.OK, State.PROBLEM, State.NOTE, State.OK);
    assertThat(check.diagnoses())
        .extracting(Diagnosis::line)
        .anyMatch(line -> line.contains("8080"));
    assertThat(check.diagnoses().get(1).line())
        .contains("8100 on 127.0.0.1 cannot be taken (Address already in use)")
        .contains("set learner.http-port to another, or to 0");
    assertThat(check.diagnoses().get(2).line()).contains("9092", "rlhf up --port N takes another");
  }

  @Test
  void theNativeLibraryNeedsACacheOnlyUntilItIsThere() {
    assertStates(library(true, null), State.OK, State.OK);
    assertStates(library(false, null), State.NOTE, State.OK);
    NativeLibraryCheck failed = library(false, "no space left on device");
    assertStates(failed, State.PROBLEM, State.PROBLEM);
    assertThat(failed.diagnoses().get(0).line()).contains("cache", "DJL_CACHE_DIR");
    assertThat(failed.diagnoses().get(1).line())
        .contains("no space left on device", "delete cache", "PYTORCH_LIBRARY_PATH");
  }

  private static NativeLibraryCheck library(boolean writable, String failure) {
    return new NativeLibraryCheck(
        Path.of("cache"), writable, "2.7.1", 2, Optional.ofNullable(failure));
  }

  @Test
  void noGpuIsAFactAndAnUnusedOneNamesTheBuildFlag() {
    Diagnosis none = only(new GpuCheck(0, 0, "cpu", "auto"));
    assertThat(none.state()).isEqualTo(State.NOTE);
    assertThat(none.line()).contains("none: models compute on the CPU");
    assertThat(only(new GpuCheck(1, 1, "cu128", "auto")).state()).isEqualTo(State.OK);
    Diagnosis unused = only(new GpuCheck(2, 0, "cpu", "auto"));
    assertThat(unused.state()).isEqualTo(State.PROBLEM);
    assertThat(unused.line()).contains("2 GPUs", "mvn -Pcuda -DskipTests package");
    assertThat(only(new GpuCheck(2, 0, "cpu", "cpu")).state()).isEqualTo(State.NOTE);
    assertThat(only(new GpuCheck(2, 2, "cu128", "cpu")).state()).isEqualTo(State.NOTE);
    Diagnosis runtime = only(new GpuCheck(1, 0, "cu128", "auto"));
    assertThat(runtime.state()).isEqualTo(State.PROBLEM);
    assertThat(runtime.line()).contains("ldconfig -p | grep libcudart");
    Diagnosis asked = only(new GpuCheck(0, 0, "cpu", "cuda:0"));
    assertThat(asked.state()).isEqualTo(State.PROBLEM);
    assertThat(asked.line()).contains("set model.device to auto or cpu");
  }

  private static Guarantee guarantee(String where, String setting, Guarantee.State state) {
    return new Guarantee(
        where, setting, "1", "2", state, state == Guarantee.State.MET ? "" : "alter " + where);
  }

  @Test
  void aBrokenGuaranteeIsAProblemWithItsCommandAndWeakOnesAreOneNote() {
    BrokerCheck check =
        new BrokerCheck(
            "broker:9092",
            Optional.empty(),
            List.of("rlhf.prompts"),
            List.of(
                guarantee("rlhf.scores", "min.insync.replicas", Guarantee.State.MET),
                guarantee("rlhf.rollouts", "min.insync.replicas", Guarantee.State.BROKEN),
                guarantee("rlhf.rollouts", "retention.ms", Guarantee.State.WEAK),
                guarantee("rlhf.scores", "retention.ms", Guarantee.State.WEAK)));
    assertStates(check, State.OK, State.NOTE, State.OK, State.PROBLEM, State.NOTE);
    assertThat(check.diagnoses().get(1).line()).contains("1 do not exist", "rlhf topics create");
    assertThat(check.diagnoses().get(2).line()).contains("1 of 4 met");
    assertThat(check.diagnoses().get(3).line())
        .contains("rlhf.rollouts has min.insync.replicas=1, but needs 2: alter rlhf.rollouts");
    assertThat(check.diagnoses().get(4).line())
        .contains("alter rlhf.rollouts; so have 1 more", "rlhf topics describe");
  }

  @Test
  void aBrokerOrRegistryThatDoesNotAnswerIsAProblem() {
    Diagnosis broker =
        only(new BrokerCheck("b:1", Optional.of("did not answer: start it"), List.of(), List.of()));
    assertThat(broker.state()).isEqualTo(State.PROBLEM);
    assertThat(broker.line()).contains("did not answer: start it");
    assertThat(only(new RegistryCheck("http://r", Optional.empty())).state()).isEqualTo(State.OK);
    assertThat(only(new RegistryCheck("http://r", Optional.of("no TLS"))).state())
        .isEqualTo(State.PROBLEM);
  }
}
