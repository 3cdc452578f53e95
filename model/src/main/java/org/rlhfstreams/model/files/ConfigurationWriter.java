package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rlhfstreams.model.architecture.Architecture;

/**
 * The {@code config.json} of a saved model: that of the model it came from, with no more changed
 * than what differs. Where nothing does, it is the same file.
 */
final class ConfigurationWriter {
  private static final String ARCHITECTURES = "architectures";

  /** As transformers 5 and as transformers 4 call it. */
  private static final List<String> TYPE_FIELDS = List.of("dtype", "torch_dtype");

  private ConfigurationWriter() {}

  /**
   * The file's new content.
   *
   * @param source the {@code config.json} to start from
   * @param classifier the architecture whose classifier a language model became
   * @param type what its weights are stored as now; empty where they are as they were
   * @param untied whether its head is not its embedding, as the file has it
   */
  static byte[] write(
      Path source, Optional<Architecture> classifier, Optional<TensorType> type, boolean untied)
      throws IOException {
    Map<String, Object> before = PythonJson.readObject(source);
    Map<String, Object> after = new TreeMap<>(before);
    type.ifPresent(stored -> putType(after, stored));
    classifier.ifPresent(architecture -> putClassifier(after, architecture));
    if (untied) {
      after.put("tie_word_embeddings", new PythonJson.Literal("false"));
    }
    return after.equals(before) ? Files.readAllBytes(source) : PythonJson.write(after);
  }

  private static void putType(Map<String, Object> json, TensorType type) {
    List<String> fields = new ArrayList<>(TYPE_FIELDS);
    fields.retainAll(json.keySet());
    if (fields.isEmpty() && type != TensorType.F32) { // float32 goes without saying
      fields.add("torch_dtype"); // which both versions read
    }
    fields.forEach(field -> json.put(field, type.torchName()));
  }

  /** One label, named as transformers names it. */
  private static void putClassifier(Map<String, Object> json, Architecture architecture) {
    json.put(ARCHITECTURES, List.of(architecture.classifierName()));
    json.put("id2label", Map.of("0", "LABEL_0"));
    json.put("label2id", Map.of("LABEL_0", new PythonJson.Literal("0")));
  }
}
