package org.rlhfstreams.model.files;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.PythonJson.Literal;

/**
 * Which file holds which tensor: a {@code model.safetensors.index.json}.
 *
 * @param metadata figures about the whole, as JSON values
 * @param fileOf names of files by name of tensor
 */
record ShardIndex(Map<String, Object> metadata, Map<String, String> fileOf) {
  static final String FILE = "model.safetensors.index.json";

  private static final String PARAMETERS = "total_parameters";
  private static final Pattern FILE_NAME = Pattern.compile("[^/\\\\\\x00]*[^/\\\\\\x00.]");

  /**
   * Reads the index of a directory.
   *
   * @throws ModelException naming the file and what is wrong
   */
  static ShardIndex read(Path directory) {
    Path file = directory.resolve(FILE);
    Map<String, Object> json = PythonJson.readObject(file);
    if (!(json.get("weight_map") instanceof Map<?, ?> map) || map.isEmpty()) {
      throw new ModelException(
          file + ": weight_map must say which file holds which tensor; fetch it again");
    }
    Map<String, String> fileOf = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getValue() instanceof String name) || !FILE_NAME.matcher(name).matches()) {
        throw new ModelException(
            "%s: weight_map gives tensor %s no name of a file beside it; fetch it again"
                .formatted(file, entry.getKey()));
      }
      fileOf.put((String) entry.getKey(), name);
    }
    Map<String, Object> metadata = new TreeMap<>();
    if (json.get("metadata") instanceof Map<?, ?> written) {
      written.forEach((key, value) -> metadata.put((String) key, value));
    }
    return new ShardIndex(metadata, fileOf);
  }

  /** That of the source, if any, with the number of parameters unless the source leaves it out. */
  static Map<String, Object> metadata(Optional<ShardIndex> source, long parameters) {
    Map<String, Object> metadata =
        new TreeMap<>(source.map(ShardIndex::metadata).orElseGet(() -> Map.of(PARAMETERS, "")));
    metadata.replace(PARAMETERS, new Literal(Long.toString(parameters)));
    return metadata;
  }

  /** The file's content. */
  byte[] json(long totalSize) {
    Map<String, Object> figures = new TreeMap<>(metadata);
    figures.put("total_size", new Literal(Long.toString(totalSize)));
    Map<String, Object> json = new TreeMap<>();
    json.put("metadata", figures);
    json.put("weight_map", new TreeMap<>(fileOf));
    return PythonJson.write(json);
  }
}
