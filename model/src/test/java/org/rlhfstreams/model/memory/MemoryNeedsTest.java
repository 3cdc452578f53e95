package org.rlhfstreams.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.ModelException;

/** What the roles of a process need together, and what is said where there is less. */
final class MemoryNeedsTest {
  private static final long GB = 1_000_000_000L;

  private static MemoryNeeds needs(String role, MemoryPart part, long bytes, MemorySaving... all) {
    return MemoryNeeds.of(
        role,
        new MemoryPhase(
            "any", Map.of(part, bytes, MemoryPart.PROCESS, 5 * GB, MemoryPart.FILES, 7 * GB)),
        List.of(all));
  }

  private static MemoryNeeds both() {
    return needs(
            "learner",
            MemoryPart.OPTIMIZER,
            9000 * GB,
            new MemorySaving("learner.optimizer-state = bfloat16", 4500 * GB),
            new MemorySaving("model.dtype = bfloat16", GB),
            new MemorySaving("lora.rank = 16", 8000 * GB),
            new MemorySaving("learner.gradient-checkpointing = true", 0))
        .and(
            needs(
                "rollout-worker",
                MemoryPart.CACHE,
                2000 * GB,
                new MemorySaving("rollout-worker.batch-size = 16", 3 * GB),
                new MemorySaving("model.dtype = bfloat16", 4 * GB)));
  }

  @Test
  void theProcessCountsOnceHoweverManyRolesItHas() {
    assertThat(both().bytes()).isEqualTo(11_000 * GB);
    MemoryNeeds process = both().withProcess(2 * GB);
    assertThat(process.bytes()).isEqualTo(11_002 * GB + ProcessMemory.BYTES);
    assertThat(process.roles()).containsOnlyKeys("learner", "rollout-worker", "process");
  }

  @Test
  void theThreeThatSaveMostAreNamedAndOneSettingOfTwoRolesCountsTogether() {
    assertThat(both().best())
        .containsExactly(
            new MemorySaving("lora.rank = 16", 8000 * GB),
            new MemorySaving("learner.optimizer-state = bfloat16", 4500 * GB),
            new MemorySaving("model.dtype = bfloat16", 5 * GB));
  }

  @Test
  void whatDoesNotFitIsRefusedWithATableAndWhatHelps() {
    assertThatThrownBy(() -> MachineMemory.require(both(), "all roles in one process", false))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("all roles in one process needs 11,0")
        .hasMessageContaining("this machine has")
        .hasMessageMatching("(?s).*MB +all +optimizer +cache +process +heap\\R.*")
        .hasMessageMatching("(?s).*learner +9,000,000 +9,000,000 +- +- +-\\R.*")
        .hasMessageMatching("(?s).*rollout-worker +2,000,000 +- +2,000,000 +- +-\\R.*")
        .hasMessageContaining(
            "what helps: lora.rank = 16 saves 8,000.0 GB, learner.optimizer-state = bfloat16 saves"
                + " 4,500.0 GB, model.dtype = bfloat16 saves 5.0 GB")
        .hasMessageContaining("--force");
    assertThatCode(() -> MachineMemory.require(both(), "the same", true))
        .doesNotThrowAnyException();
  }

  @Test
  void whatFitsIsNotMentioned() {
    MemoryNeeds small = needs("learner", MemoryPart.WEIGHTS, 1);
    assertThatCode(() -> MachineMemory.require(small, "it", false)).doesNotThrowAnyException();
  }
}
