package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which tensors go into which weight file.
 *
 * @param files tensors by name of file
 * @param index what stands in the index besides; empty for a single file
 */
record WeightFiles(Map<String, List<TensorSource>> files, Optional<ShardIndex> index) {
  /**
   * One file, or as many as the plan makes it.
   *
   * @param tensors in the decoder's order
   * @param source files that the model came from
   */
  static WeightFiles planned(
      List<TensorSource> tensors, ShardPlan plan, Optional<TensorFiles> source) {
    long total = tensors.stream().mapToLong(TensorSource::bytes).sum();
    if (total <= plan.limit()) {
      return new WeightFiles(Map.of(TensorFiles.SINGLE, tensors), Optional.empty());
    }
    List<List<TensorSource>> shards = plan.split(ModuleOrder.of(tensors));
    if (shards.size() == 1) {
      return new WeightFiles(Map.of(TensorFiles.SINGLE, tensors), Optional.empty());
    }
    Map<String, List<TensorSource>> files = new TreeMap<>();
    for (int i = 0; i < shards.size(); i++) {
      files.put(
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size()),
          shards.get(i));
    }
    long parameters = tensors.stream().mapToLong(tensor -> tensor.specification().size()).sum();
    return sharded(files, ShardIndex.metadata(source.flatMap(TensorFiles::index), parameters));
  }

  /**
   * The source's own files; empty where it has one only, or where the tensors or their types are
   * not the same.
   */
  static Optional<WeightFiles> asIn(TensorFiles source, List<TensorSource> tensors) {
    if (source.index().isEmpty()) {
      return Optional.empty();
    }
    ShardIndex index = source.index().get();
    Map<String, List<TensorSource>> files = new TreeMap<>();
    for (TensorSource tensor : tensors) {
      String name = tensor.specification().name();
      String file = index.fileOf().get(name);
      if (file == null || source.holding(name).elementType(name) != tensor.type()) {
        return Optional.empty();
      }
      files.computeIfAbsent(file, absent -> new ArrayList<>()).add(tensor);
    }
    return files.keySet().equals(new HashSet<>(index.fileOf().values()))
        ? Optional.of(sharded(files, index.metadata()))
        : Optional.empty();
  }

  private static WeightFiles sharded(
      Map<String, List<TensorSource>> files, Map<String, Object> metadata) {
    Map<String, String> fileOf = new TreeMap<>();
    files.forEach(
        (file, tensors) ->
            tensors.forEach(tensor -> fileOf.put(tensor.specification().name(), file)));
    return new WeightFiles(files, Optional.of(new ShardIndex(metadata, fileOf)));
  }

  /** Writes and syncs all, with the texts that the source's files have about themselves. */
  void write(Path directory, Optional<TensorFiles> source) throws IOException {
    long total = 0;
    for (Map.Entry<String, List<TensorSource>> file : files.entrySet()) {
      SafetensorsWriter.write(
          directory.resolve(file.getKey()), file.getValue(), metadata(file.getKey(), source));
      total += file.getValue().stream().mapToLong(TensorSource::bytes).sum();
    }
    if (index.isPresent()) {
      Files.write(directory.resolve(ShardIndex.FILE), index.get().json(total));
    }
  }

  private static Map<String, String> metadata(String name, Optional<TensorFiles> source) {
    List<SafetensorsFile> all = source.map(files -> List.copyOf(files.all())).orElseGet(List::of);
    return all.stream()
        .filter(file -> file.path().endsWith(name))
        .findFirst()
        .or(() -> all.stream().findFirst())
        .flatMap(SafetensorsFile::metadata)
        .filter(metadata -> !metadata.isEmpty())
        .orElse(SafetensorsWriter.PYTORCH);
  }
}
