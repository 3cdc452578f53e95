package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.Architecture;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

/**
 * Writes model directories that come from another one, the source: its configuration, tokenizer and
 * generation settings go along.
 */
final class ModelSaver {
  static final String CONFIGURATION = "config.json";

  private static final List<String> CARRIED_OVER =
      List.of(
          GenerationConfiguration.FILE,
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          "chat_template.jinja",
          "chat_template.json");

  private final Path source;

  /**
   * @param source directory, or hub id, with a {@code config.json}
   */
  ModelSaver(Path source) {
    this.source = HubCache.resolve(source);
  }

  /**
   * Saves tensors.
   *
   * @param type what all are stored as; empty where each is as it was
   * @param plan used where the source's own distribution over files is not
   * @param keepFiles whether tensors stay in the files that the source has them in, if none of them
   *     differs
   */
  SavedModel save(
      Path target,
      TransformerConfiguration configuration,
      List<TensorSource> tensors,
      Optional<TensorType> type,
      ShardPlan plan,
      boolean keepFiles) {
    requireExpected(configuration, tensors);
    Optional<Architecture> classifier = classifier(configuration);
    boolean untied = ownHead(configuration) && ModelDirectory.written(source).tieWordEmbeddings();
    Optional<TensorFiles> files = TensorFiles.find(source); // it may have lost them since
    WeightFiles layout =
        files
            .filter(any -> keepFiles)
            .flatMap(own -> WeightFiles.asIn(own, tensors))
            .orElseGet(() -> WeightFiles.planned(tensors, plan, files));
    return write(
        target,
        aside -> {
          Files.write(
              aside.resolve(CONFIGURATION),
              ConfigurationWriter.write(source.resolve(CONFIGURATION), classifier, type, untied));
          layout.write(aside, files);
        });
  }

  /** Copies the source's files as they are. */
  SavedModel copy(Path target) {
    TensorFiles files = TensorFiles.open(source);
    return write(
        target,
        aside -> {
          Files.copy(source.resolve(CONFIGURATION), aside.resolve(CONFIGURATION));
          for (SafetensorsFile file : files.all()) {
            Files.copy(file.path(), aside.resolve(file.path().getFileName()));
          }
          if (files.index().isPresent()) {
            Files.copy(source.resolve(ShardIndex.FILE), aside.resolve(ShardIndex.FILE));
          }
        });
  }

  private static void requireExpected(
      TransformerConfiguration configuration, List<TensorSource> tensors) {
    Set<TensorSpecification> given =
        tensors.stream().map(TensorSource::specification).collect(Collectors.toSet());
    if (!given.equals(Set.copyOf(configuration.tensors()))) {
      throw new IllegalArgumentException("the tensors are not those of the configuration");
    }
  }

  private static boolean ownHead(TransformerConfiguration configuration) {
    return !configuration.classifier() && !configuration.tieWordEmbeddings();
  }

  /** The architecture whose classifier the source, a language model, has become. */
  private Optional<Architecture> classifier(TransformerConfiguration configuration) {
    TransformerConfiguration read = ModelDirectory.readConfiguration(source);
    TransformerConfiguration before = ownHead(configuration) ? read.withOwnHead() : read;
    boolean became = configuration.classifier() && !before.classifier();
    TransformerConfiguration now = became ? before.asClassifier() : before;
    if (!now.tensors().equals(configuration.tensors())) {
      throw new ModelException(
          "%s describes another model than the one to be saved: name the directory it came from"
              .formatted(source.resolve(CONFIGURATION)));
    }
    return became ? Optional.of(configuration.architecture()) : Optional.empty();
  }

  private SavedModel write(Path target, Content content) {
    try (StagedDirectory staged = StagedDirectory.beside(target)) {
      content.writeTo(staged.path());
      for (String name : CARRIED_OVER) {
        if (Files.exists(source.resolve(name))) {
          Files.copy(source.resolve(name), staged.path().resolve(name));
        }
      }
      return staged.commit();
    } catch (IOException e) {
      throw new ModelException(
          "%s cannot be written (%s): make room, or name another place"
              .formatted(target, e.getMessage()),
          e);
    }
  }

  private interface Content {
    void writeTo(Path aside) throws IOException;
  }
}
