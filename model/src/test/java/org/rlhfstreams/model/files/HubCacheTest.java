package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.text.Tokenizer;

final class HubCacheTest {
  @TempDir private Path root;
  private Path repository;

  @BeforeEach
  void makeRepository() {
    repository = root.resolve("models--org--tiny");
  }

  /** As the hub's tools lay it out: snapshots are links to blobs. */
  private Path snapshot(String revision, String golden) throws IOException {
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(revision));
    for (var file : ModelFiles.content(Goldens.model(golden)).entrySet()) {
      String blob = revision + Integer.toHexString(file.getKey().hashCode());
      Files.write(blobs.resolve(blob), file.getValue().array());
      Files.createSymbolicLink(snapshot.resolve(file.getKey()), Path.of("..", "..", "blobs", blob));
    }
    return snapshot;
  }

  private void pointMainTo(String revision) throws IOException {
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs").resolve("main"), revision + "\n");
  }

  @Test
  void aRepositoryOpensAtTheRevisionOfMain() throws IOException {
    Path wanted = snapshot("aaaa", "llama-tied");
    Files.setLastModifiedTime(
        snapshot("bbbb", "gpt2"), FileTime.from(Instant.now().plusSeconds(100)));
    pointMainTo("aaaa");
    ModelDirectory model = ModelDirectory.open(repository);
    assertThat(model.path()).isEqualTo(wanted);
    assertThat(model.readTensor("model.norm.weight")).hasSize(32);
    assertThat(ModelDirectory.readConfiguration(repository)).isEqualTo(model.configuration());
  }

  @Test
  void withoutAUsableMainTheNewestRevisionOpens() throws IOException {
    Path old = snapshot("bbbb", "gpt2");
    Path newer = snapshot("aaaa", "llama-tied");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(100)));
    assertThat(HubCache.resolve(repository)).isEqualTo(newer);
    pointMainTo("cccc");
    assertThat(HubCache.resolve(repository)).isEqualTo(newer);
    pointMainTo("../blobs");
    assertThat(HubCache.resolve(repository)).isEqualTo(newer);
  }

  @Test
  void anIdIsFoundInTheCacheAndAModelDirectoryIsItself() throws IOException {
    Path wanted = snapshot("aaaa", "llama-tied");
    HubCache cache = new HubCache(root);
    assertThat(cache.find(Path.of("org/tiny"))).isEqualTo(wanted);
    assertThat(cache.find(wanted)).isEqualTo(wanted);
    assertThat(cache.find(Goldens.model("gpt2"))).isEqualTo(Goldens.model("gpt2"));
  }

  @Test
  void aModelThatIsNotThereIsLookedForAndTheCommandNamed() throws IOException {
    HubCache cache = new HubCache(root);
    assertThatThrownBy(() -> cache.find(Path.of("org/absent")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("org/absent is not a directory")
        .hasMessageContaining(root.resolve("models--org--absent").toString())
        .hasMessageContaining("hf download org/absent");
    Files.createDirectories(repository.resolve("snapshots"));
    assertThatThrownBy(() -> cache.find(Path.of("org/tiny")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("hf download org/tiny");
    assertThatThrownBy(() -> cache.find(root.resolve("absent")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is not a directory: name a Hugging Face model directory");
  }

  @Test
  void theCacheIsWhereHuggingFacesToolsHaveIt() {
    Path home = Path.of("home");
    assertThat(place(Map.of("HF_HUB_CACHE", "a", "HF_HOME", "b"), home)).isEqualTo(Path.of("a"));
    assertThat(place(Map.of("HF_HOME", "~/b"), home)).isEqualTo(home.resolve("b/hub"));
    assertThat(place(Map.of("HF_HUB_CACHE", "", "XDG_CACHE_HOME", "c"), home))
        .isEqualTo(Path.of("c/huggingface/hub"));
    assertThat(place(Map.of(), home)).isEqualTo(home.resolve(".cache/huggingface/hub"));
  }

  private static Path place(Map<String, String> environment, Path home) {
    return HubCache.location(environment, home);
  }

  @Test
  void theTokenizerOpensFromTheRepositoryToo() throws IOException {
    Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve("aaaa"));
    Files.copy(Goldens.starter().resolve("tokenizer.json"), snapshot.resolve("tokenizer.json"));
    try (Tokenizer tokenizer = Tokenizer.open(repository)) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(2048);
    }
  }
}
