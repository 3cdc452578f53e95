package org.rlhfstreams.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventProtocol;

final class PolicyFamilyTest {
  private final ModelDirectory model = ModelDirectory.open(Path.of("../models/starter"));
  private final PolicyFamily family = new PolicyFamily(model);

  private static TensorLayout layout(String name, List<Long> shape) {
    return TensorLayout.newBuilder()
        .setName(name)
        .setDtype("F32")
        .setShape(shape)
        .setOffset(0)
        .setLength(0)
        .build();
  }

  private List<TensorLayout> own() {
    return model.configuration().tensors().stream()
        .map(tensor -> layout(tensor.name(), tensor.shape()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private Optional<String> problem(int protocol, List<TensorLayout> tensors) {
    return family.problem(
        new WeightVersion(0, 3L),
        WeightHeader.newBuilder()
            .setKind(WeightKind.ANCHOR)
            .setBase(null)
            .setModelFamily("llama")
            .setProtocol(protocol)
            .setTensors(tensors)
            .setChunks(0)
            .setBytes(0)
            .build());
  }

  @Test
  void theLearnersModelIsItsOwn() {
    assertThat(problem(EventProtocol.VERSION, own())).isEmpty();
    assertThat(family.foreign()).isEmpty();
  }

  @Test
  void aLearnerThatMeansSomethingElseByItsEventsIsRefused() {
    assertThat(problem(EventProtocol.VERSION + 1, own()).orElseThrow())
        .contains("policy version 0.3")
        .contains(
            "event protocol " + (EventProtocol.VERSION + 1),
            "this worker has " + EventProtocol.VERSION)
        .contains("start both from one release");
  }

  @Test
  void aTensorThatIsNotItsOwnIsNamed() {
    List<TensorLayout> tensors = own();
    tensors.set(1, layout(tensors.get(1).getName(), List.of(1L << 40)));
    assertThat(problem(EventProtocol.VERSION, tensors).orElseThrow())
        .contains("policy version 0.3 is of another family", "is [1099511627776], here it is [")
        .contains("start this worker with the learner's model.policy");
    assertThat(family.foreign()).isPresent();
  }
}
