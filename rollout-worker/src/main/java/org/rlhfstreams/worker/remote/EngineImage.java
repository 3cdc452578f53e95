package org.rlhfstreams.worker.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rlhfstreams.common.files.FileOperations;
import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.ElementType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.ShardPlan;
import org.rlhfstreams.model.files.TensorSource;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.WeightLease;

/**
 * Versions of the policy as model directories that an engine reads: {@code version-GENERATION.STEP}
 * of a directory that both see under one path, best in memory. Each is written aside and put in
 * place whole. The head is always written by itself: an engine that was started with a tied one
 * otherwise keeps a part of the old.
 */
final class EngineImage {
  private static final Pattern VERSION = Pattern.compile("version-\\d+\\.\\d+(\\..*)?");
  private static final String START = "start";
  private static final int PIECE = 1 << 24; // bytes

  private final ModelDirectory model;
  private final Path directory;

  /**
   * @param model whose configuration and tokenizer go along
   * @param directory of this worker alone
   */
  EngineImage(ModelDirectory model, Path directory) {
    this.model = model;
    this.directory = directory.toAbsolutePath().normalize();
  }

  /**
   * Writes a version.
   *
   * @return where it is
   * @throws ModelException if it cannot be written
   */
  Path write(WeightLease weights) {
    return write("version-" + WeightVersions.text(weights.version()), weights);
  }

  /**
   * What an engine has to be started with: the model itself, or a copy of it with a head of its
   * own. One that was started with a tied head keeps that for good, whatever it reads later.
   */
  Path start() {
    if (!model.configuration().tieWordEmbeddings()) {
      return model.path();
    }
    return directory.resolve(START);
  }

  /**
   * Begins: deletes what a run before has left, and writes the {@link #start} if it is a copy.
   *
   * @throws ModelException if that cannot be done
   */
  void begin() {
    clear();
    if (model.configuration().tieWordEmbeddings()) {
      write(START, model);
    }
  }

  private Path write(String name, TensorBytes weights) {
    Path target = directory.resolve(name);
    TransformerConfiguration configuration = model.configuration();
    List<TensorSource> tensors = new ArrayList<>();
    for (TensorSpecification tensor : configuration.tensors()) {
      tensors.add(source(weights, tensor, tensor.name()));
    }
    TransformerConfiguration own = configuration.withOwnHead();
    if (configuration.tieWordEmbeddings()) {
      TensorSpecification embedding = configuration.tensors().get(0);
      own.tensors().stream()
          .filter(tensor -> !configuration.tensors().contains(tensor))
          .forEach(head -> tensors.add(source(weights, head, embedding.name())));
    }
    TensorType type =
        TensorType.valueOf(weights.elementType(configuration.tensors().get(0).name()));
    ModelDirectory.save(target, own, tensors, type, ShardPlan.DEFAULT, model.path());
    return target;
  }

  /**
   * A tensor under a name.
   *
   * @param tensor how it is called in the image
   * @param from how it is called in the version
   */
  private static TensorSource source(TensorBytes weights, TensorSpecification tensor, String from) {
    TensorType type = TensorType.valueOf(weights.elementType(from));
    long bytes = tensor.size() * type.bytes();
    return new TensorSource(
        tensor,
        ElementType.named(weights.elementType(from)).orElseThrow(),
        channel -> {
          for (long at = 0; at < bytes; at += PIECE) {
            ByteBuffer piece =
                weights.bytes(from, at, (int) Math.min(PIECE, bytes - at)).duplicate();
            while (piece.hasRemaining()) {
              channel.write(piece);
            }
          }
        });
  }

  /** Deletes all versions but one, and what a killed writer has left. */
  void keepOnly(Path kept) {
    for (Path version : versions()) {
      if (!version.equals(kept)) {
        delete(version);
      }
    }
  }

  /** Deletes all versions. */
  void clear() {
    versions().forEach(this::delete);
  }

  private List<Path> versions() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> VERSION.matcher(file.getFileName().toString()).matches())
          .toList();
    } catch (IOException e) {
      throw new ModelException(
          "rollout-worker.engine-directory = %s cannot be read: %s"
              .formatted(directory, e.getMessage()),
          e);
    }
  }

  private void delete(Path version) {
    try {
      FileOperations.ofDisk().deleteTree(version);
    } catch (IOException e) {
      throw new ModelException(
          "%s cannot be deleted (%s): give this user the right to, or set another"
                  .formatted(version, e.getMessage())
              + " rollout-worker.engine-directory",
          e);
    }
  }
}
