package org.rlhfstreams.model.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.rlhfstreams.model.ModelException;

/**
 * The weight files of a model directory.
 *
 * @param index where there are several files
 * @param fileOf the file of each tensor
 */
record TensorFiles(Optional<ShardIndex> index, Map<String, SafetensorsFile> fileOf) {
  static final String SINGLE = "model.safetensors";

  /**
   * Opens all.
   *
   * @throws ModelException naming the file and what to do
   */
  static TensorFiles open(Path directory) {
    if (Files.exists(directory.resolve(ShardIndex.FILE))) {
      return openSharded(directory);
    }
    if (!Files.exists(directory.resolve(SINGLE))) {
      throw new ModelException(
          ("%s has neither %s nor %s: fetch them, or, where the model comes as pytorch_model.bin"
                  + " alone, save it again with transformers")
              .formatted(directory, SINGLE, ShardIndex.FILE));
    }
    SafetensorsFile file = SafetensorsFile.open(directory.resolve(SINGLE));
    Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
    file.names().forEach(name -> fileOf.put(name, file));
    return new TensorFiles(Optional.empty(), fileOf);
  }

  /** Opens all; empty if they are missing or damaged. */
  static Optional<TensorFiles> find(Path directory) {
    try {
      return Optional.of(open(directory));
    } catch (ModelException e) {
      return Optional.empty();
    }
  }

  private static TensorFiles openSharded(Path directory) {
    ShardIndex index = ShardIndex.read(directory);
    Map<String, SafetensorsFile> opened = new TreeMap<>();
    Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
    index
        .fileOf()
        .forEach(
            (tensor, name) -> {
              SafetensorsFile file =
                  opened.computeIfAbsent(
                      name, absent -> SafetensorsFile.open(directory.resolve(absent)));
              if (!file.names().contains(tensor)) {
                throw new ModelException(
                    "%s places tensor %s in %s, which does not have it; fetch both again"
                        .formatted(directory.resolve(ShardIndex.FILE), tensor, name));
              }
              fileOf.put(tensor, file);
            });
    return new TensorFiles(Optional.of(index), fileOf);
  }

  /** Each file once. */
  Set<SafetensorsFile> all() {
    return new LinkedHashSet<>(fileOf.values());
  }

  /**
   * The file that has a tensor.
   *
   * @throws ModelException where none has
   */
  SafetensorsFile holding(String tensor) {
    SafetensorsFile file = fileOf.get(tensor);
    if (file == null) {
      throw new ModelException(all() + " has no tensor " + tensor);
    }
    return file;
  }
}
