package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.ConfigurationFields;
import org.rlhfstreams.model.architecture.ModelConfiguration;
import org.rlhfstreams.model.architecture.TensorSpecification;

/** A Hugging Face model directory whose tensors are known to be present and of the right shape. */
public final class ModelDirectory {
  private static final String CONFIGURATION = "config.json";
  private static final String TENSORS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final List<String> CARRIED_OVER =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja",
          "generation_config.json");

  private final Path path;
  private final ModelConfiguration configuration;
  private final List<TensorSpecification> expected;
  private final Map<String, SafetensorsFile> fileOf;

  private ModelDirectory(
      Path path, ModelConfiguration configuration, Map<String, SafetensorsFile> fileOf) {
    this.path = path;
    this.configuration = configuration;
    this.expected = configuration.tensors();
    this.fileOf = fileOf;
  }

  /**
   * Opens a directory and checks every tensor's name and shape against the configuration.
   *
   * @throws ModelException naming the file and what to do
   */
  public static ModelDirectory open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new ModelException(
          path
              + " is not a directory: name a Hugging Face model directory, with config.json,"
              + " model.safetensors and tokenizer.json");
    }
    ModelConfiguration configuration = readConfiguration(path);
    ModelDirectory directory = new ModelDirectory(path, configuration, files(path));
    directory.check();
    return directory;
  }

  /**
   * What the {@code config.json} of a directory describes, with or without weights beside it.
   *
   * @throws ModelException naming what is wrong with it
   */
  public static ModelConfiguration readConfiguration(Path directory) {
    Path file = directory.resolve(CONFIGURATION);
    return new ConfigurationFields(file.toString(), JsonFiles.readObject(file)).read();
  }

  /** The tensors that a configuration asks for, in the order that the decoder takes them. */
  public static List<TensorSpecification> expectedTensors(ModelConfiguration configuration) {
    return configuration.tensors();
  }

  private static Map<String, SafetensorsFile> files(Path path) {
    Map<String, SafetensorsFile> fileOf = new HashMap<>();
    if (Files.exists(path.resolve(INDEX))) {
      JsonNode map = JsonFiles.readObject(path.resolve(INDEX)).path("weight_map");
      Map<String, SafetensorsFile> opened = new HashMap<>();
      for (Map.Entry<String, JsonNode> entry : map.properties()) {
        String file = Path.of(entry.getValue().asText()).getFileName().toString();
        fileOf.put(
            entry.getKey(),
            opened.computeIfAbsent(file, name -> SafetensorsFile.open(path.resolve(name))));
      }
      return fileOf;
    }
    if (!Files.exists(path.resolve(TENSORS))) {
      throw new ModelException(path + " has neither " + TENSORS + " nor " + INDEX);
    }
    SafetensorsFile file = SafetensorsFile.open(path.resolve(TENSORS));
    file.names().forEach(name -> fileOf.put(name, file));
    return fileOf;
  }

  private void check() {
    TreeSet<String> unused = new TreeSet<>(fileOf.keySet());
    for (TensorSpecification tensor : expected) {
      SafetensorsFile file = fileOf.get(tensor.name());
      if (file == null) {
        throw new ModelException(
            path + ": tensor " + tensor.name() + " is missing, of shape " + tensor.shape());
      }
      if (!file.shape(tensor.name()).equals(tensor.shape())) {
        throw new ModelException(
            "%s: tensor %s has shape %s, but %s asks for %s"
                .formatted(
                    path, tensor.name(), file.shape(tensor.name()), CONFIGURATION, tensor.shape()));
      }
      unused.remove(tensor.name());
    }
    // A tied head may be stored twice, and old exports carry the rotary frequencies.
    unused.removeIf(
        name ->
            name.endsWith("rotary_emb.inv_freq")
                || (configuration.tieWordEmbeddings() && name.equals("lm_head.weight")));
    if (!unused.isEmpty()) {
      throw new ModelException(
          path + ": tensor " + unused.first() + " is not one that " + CONFIGURATION + " asks for");
    }
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /** What {@code config.json} describes. */
  public ModelConfiguration configuration() {
    return configuration;
  }

  /** Names and shapes, in the order that the decoder takes them. */
  public List<TensorSpecification> expectedTensors() {
    return expected;
  }

  /** A tensor's elements as float32, row-major. */
  public float[] readTensor(String name) {
    SafetensorsFile file = fileOf.get(name);
    if (file == null) {
      throw new ModelException(path + " has no tensor " + name);
    }
    return file.readFloats(name);
  }

  /**
   * Saves a model: written aside, synced, and put in place in one move.
   *
   * @param target replaced where it exists
   * @param values one row-major array an expected tensor of {@code configuration}
   * @param carryFrom directory whose tokenizer and generation settings go along
   * @throws ModelException where the files cannot be written
   */
  public static void save(
      Path target,
      ModelConfiguration configuration,
      List<float[]> values,
      TensorType type,
      Path carryFrom) {
    Path aside = target.resolveSibling(target.getFileName() + ".writing-" + UUID.randomUUID());
    try {
      Files.createDirectories(aside);
      Files.writeString(
          aside.resolve(CONFIGURATION),
          ConfigurationWriter.write(configuration, type),
          StandardCharsets.UTF_8);
      SafetensorsWriter.write(aside.resolve(TENSORS), configuration.tensors(), values, type);
      for (String name : CARRIED_OVER) {
        if (Files.exists(carryFrom.resolve(name))) {
          Files.copy(carryFrom.resolve(name), aside.resolve(name));
        }
      }
      replace(aside, target);
    } catch (IOException e) {
      throw new ModelException(target + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static void replace(Path aside, Path target) throws IOException {
    if (Files.exists(target)) {
      Path old = target.resolveSibling(target.getFileName() + ".old-" + UUID.randomUUID());
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      carryStrangers(old, target);
      deleteTree(old);
    } else {
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Files beside the model that it did not write, such as a model card, stay. */
  private static void carryStrangers(Path old, Path target) throws IOException {
    try (Stream<Path> files = Files.list(old)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path kept = target.resolve(file.getFileName());
        boolean ofOldModel = file.getFileName().toString().startsWith("model");
        if (!Files.exists(kept) && !ofOldModel) {
          Files.copy(file, kept);
        }
      }
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
