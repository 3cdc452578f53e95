package org.rlhfstreams.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.worker.DirectoryWeights;

/** The proof tells right weights from those that an engine computes with by mistake. */
@Tag("slow")
final class ForwardProofTest {
  private static final Path STARTER = Path.of("..", "models", "starter");
  private static final WeightVersion VERSION = new WeightVersion(2, 9L);

  @TempDir private Path directory;
  private final ModelDirectory model = ModelDirectory.open(STARTER);
  private EngineImage image;
  private Path inUse;
  private EngineStub stub;
  private VllmServer server;
  private OwnDecoding decoding;
  private ForwardProof proof;

  @BeforeEach
  void start() {
    image = new EngineImage(model, directory.resolve("engine"));
    image.begin();
    inUse = image.start();
    decoding = new OwnDecoding(() -> inUse);
    stub = new EngineStub(0, decoding);
    server = new VllmServer(stub.address(), EngineSecret.none());
    proof = new ForwardProof(model, ComputeType.FLOAT32);
  }

  @AfterEach
  void close() {
    proof.close();
    server.close();
    stub.close();
    decoding.close();
  }

  /** The starter with other values of some tensors. */
  private ModelDirectory changed(String name, float factor, String... tensors) {
    List<float[]> values = new ArrayList<>();
    for (TensorSpecification tensor : model.expectedTensors()) {
      float[] read = model.readTensor(tensor.name());
      if (List.of(tensors).contains(tensor.name())) {
        for (int i = 0; i < read.length; i++) {
          read[i] *= i % 2 == 0 ? factor : 1;
        }
      }
      values.add(read);
    }
    Path target = directory.resolve(name);
    ModelDirectory.save(target, model.configuration(), values, TensorType.F32, STARTER);
    return ModelDirectory.open(target);
  }

  private EngineDraw drawn() {
    return server.draw(proof.question("proof", "label")).join();
  }

  @Test
  void whoeverComputesWithTheImageOfAVersionPasses() {
    assertThat(proof.difference(drawn())).as("with the model itself").isEmpty();
    ModelDirectory other =
        changed("other", 1.1f, "model.embed_tokens.weight", "model.layers.0.mlp.up_proj.weight");
    DirectoryWeights weights = new DirectoryWeights(VERSION, other);
    proof.take(weights);
    assertThat(proof.difference(drawn()).orElseThrow())
        .contains("computes with other weights")
        .contains("processed_logprobs");
    inUse = image.write(weights);
    assertThat(proof.difference(drawn())).isEmpty();
    ModelDirectory written = ModelDirectory.open(inUse);
    assertThat(written.configuration().tieWordEmbeddings())
        .as("a tied head would stay as it was in an engine that has one")
        .isFalse();
    assertThat(written.readTensor("lm_head.weight"))
        .isEqualTo(other.readTensor("model.embed_tokens.weight"));
  }

  @Test
  void aLayerThatWasLeftOutIsFound() {
    ModelDirectory other = changed("other", 1.05f, "model.layers.2.self_attn.q_proj.weight");
    proof.take(new DirectoryWeights(VERSION, other));
    assertThat(proof.difference(drawn())).isPresent();
  }

  @Test
  void aHeadThatWasLeftBehindIsFoundInSixteenBitsToo() {
    ModelDirectory other = changed("other", 1.4f, "model.embed_tokens.weight");
    try (ForwardProof rough = new ForwardProof(model, ComputeType.BFLOAT16)) {
      assertThat(rough.difference(drawn())).as("rounding").isEmpty();
      rough.take(new DirectoryWeights(VERSION, other));
      assertThat(rough.difference(drawn())).isPresent();
    }
  }

  @Test
  void thePromptHasTheLastTokenOfTheVocabulary() {
    assertThat(ForwardProof.prompt(2048, 512)).hasSize(48).contains(2047);
    assertThat(ForwardProof.prompt(30, 512)).contains(29);
    assertThat(Arrays.stream(ForwardProof.prompt(30, 512)).min().orElseThrow()).isNotNegative();
    assertThat(ForwardProof.prompt(300, 8)).hasSize(4).contains(299);
  }
}
