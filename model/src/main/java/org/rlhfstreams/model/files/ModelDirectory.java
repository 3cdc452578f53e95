package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.ConfigurationFields;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Hugging Face model directory whose tensors are known to be present and of the right shape. */
public final class ModelDirectory implements TensorBytes {
  private static final Logger LOG = LoggerFactory.getLogger(ModelDirectory.class);
  private static final String CONFIGURATION = ModelSaver.CONFIGURATION;
  private static final Pattern BUFFERS =
      Pattern.compile("rotary_emb\\.inv_freq$|\\.attn\\.(masked_)?bias$");

  private final Path path;
  private final TransformerConfiguration configuration;
  private final List<TensorSpecification> expected;
  private final TensorFiles files;

  private ModelDirectory(Path path, TransformerConfiguration configuration, TensorFiles files) {
    this.path = path;
    this.configuration = configuration;
    this.expected = configuration.tensors();
    this.files = files;
  }

  /**
   * Opens a directory and checks every tensor's name, shape and type against the configuration.
   *
   * @param model a model directory, or what else {@link HubCache#resolve} finds
   * @throws ModelException naming the file and what to do
   */
  public static ModelDirectory open(Path model) {
    Path path = HubCache.resolve(model);
    TransformerConfiguration written = written(path);
    TensorFiles files = TensorFiles.open(path);
    TransformerConfiguration configuration = corrected(written, files);
    ModelDirectory directory = new ModelDirectory(path, configuration, files);
    directory.check();
    if (!configuration.equals(written)) {
      LOG.warn(
          "{} says that the head is tied to the embedding, but {} has other values: both are used,"
              + " as in transformers. Set tie_word_embeddings to false there if that is right.",
          path.resolve(CONFIGURATION),
          TiedHead.HEAD);
    }
    return directory;
  }

  private static TransformerConfiguration corrected(
      TransformerConfiguration written, TensorFiles files) {
    String embedding = written.tensors().get(0).name();
    return TiedHead.corrected(written, files, stored(embedding, written, files));
  }

  /**
   * What the {@code config.json} of a directory describes, with or without weights beside it.
   *
   * @param model a model directory, or what else {@link HubCache#resolve} finds
   * @throws ModelException naming what is wrong with it
   */
  public static TransformerConfiguration readConfiguration(Path model) {
    Path path = HubCache.resolve(model);
    TransformerConfiguration written = written(path);
    return written.tieWordEmbeddings() && !written.classifier()
        ? TensorFiles.find(path).map(files -> corrected(written, files)).orElse(written)
        : written;
  }

  /**
   * Finishes what a kill interrupted while a model was saved: afterwards the directory holds the
   * model before or the new one, and nothing is left beside it. Does nothing if nothing is left.
   *
   * @throws ModelException if that cannot be done
   */
  public static void recover(Path target) {
    try {
      StagedDirectory.recover(target);
    } catch (IOException e) {
      throw new ModelException(
          ("%s was being saved by a process that was killed, and what it left beside it cannot be put"
                  + " in order (%s): give this user the right to write there, or rename the directory"
                  + " that ends with .old-ID to %s")
              .formatted(target, e.getMessage(), target.getFileName()),
          e);
    }
  }

  /** What the file says, whatever is stored beside it. */
  static TransformerConfiguration written(Path directory) {
    Path file = directory.resolve(CONFIGURATION);
    return new ConfigurationFields(file.toString(), JsonFiles.readObject(file)).read();
  }

  private void check() {
    TreeSet<String> unused = new TreeSet<>(files.fileOf().keySet());
    for (TensorSpecification tensor : expected) {
      String stored = stored(tensor.name());
      SafetensorsFile file = files.fileOf().get(stored);
      if (file == null) {
        throw new ModelException(
            "%s: tensor %s is missing, of shape %s, which %s asks for: fetch all weight files"
                .formatted(path, tensor.name(), tensor.shape(), CONFIGURATION));
      }
      if (!file.shape(stored).equals(tensor.shape())) {
        throw new ModelException(
            "%s: tensor %s has shape %s, but %s asks for %s: they are not of one model"
                .formatted(
                    file.path(), tensor.name(), file.shape(stored), CONFIGURATION, tensor.shape()));
      }
      TensorType unusedType = file.type(stored); // refuses what is not supported
      unused.remove(stored);
    }
    // A tied head may be stored twice, and old exports carry buffers that are worked out anew.
    unused.removeIf(
        name ->
            BUFFERS.matcher(name).find()
                || (configuration.tieWordEmbeddings() && name.equals(TiedHead.HEAD)));
    if (!unused.isEmpty()) {
      throw new ModelException(
          "%s: tensor %s is not one that %s asks for: they are not of one model"
              .formatted(files.holding(unused.first()).path(), unused.first(), CONFIGURATION));
    }
  }

  /** A tensor's name in the files: without its prefix where they hold the body of a model alone. */
  private String stored(String name) {
    return stored(name, configuration, files);
  }

  private static String stored(
      String name, TransformerConfiguration configuration, TensorFiles files) {
    String prefix = configuration.architecture().bodyPrefix();
    return !files.fileOf().containsKey(name) && name.startsWith(prefix)
        ? name.substring(prefix.length())
        : name;
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /** What {@code config.json} describes. */
  public TransformerConfiguration configuration() {
    return configuration;
  }

  /** Names and shapes, in the order that the decoder takes them. */
  public List<TensorSpecification> expectedTensors() {
    return expected;
  }

  @Override
  public String origin() {
    return path + "";
  }

  /** How a tensor is stored. */
  public TensorType tensorType(String name) {
    return files.holding(stored(name)).type(stored(name));
  }

  /** Bytes of each weight file, by name. */
  public SortedMap<String, Long> weightFiles() {
    SortedMap<String, Long> bytes = new TreeMap<>();
    files.all().forEach(file -> bytes.put(file.path().getFileName() + "", file.fileBytes()));
    return bytes;
  }

  /** Bytes of all weight files. */
  public long fileBytes() {
    return weightFiles().values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public String elementType(String name) {
    return tensorType(name).name();
  }

  /** Mapped: see {@link SafetensorsFile#bytes(String, long, int)}. */
  @Override
  public ByteBuffer bytes(String name, long from, int length) {
    return files.holding(stored(name)).bytes(stored(name), from, length);
  }

  /** A tensor's elements as float32, row-major. */
  public float[] readTensor(String name) {
    return files.holding(stored(name)).readFloats(stored(name));
  }

  /** A tensor to write elsewhere as it is. */
  public TensorSource source(String name) {
    return source(name, Optional.empty());
  }

  /** A tensor to write elsewhere, in its own type or another. */
  TensorSource source(String name, Optional<TensorType> type) {
    String stored = stored(name);
    SafetensorsFile file = files.holding(stored);
    return TensorSource.converted(file, stored, type.orElseGet(() -> file.type(stored)))
        .named(name);
  }

  /**
   * What {@code generation_config.json} says; says nothing where there is none.
   *
   * @throws ModelException naming the file and the field that is wrong
   */
  public GenerationConfiguration generationConfiguration() {
    Path file = path.resolve(GenerationConfiguration.FILE);
    return Files.exists(file) ? GenerationConfiguration.read(file) : GenerationConfiguration.EMPTY;
  }

  /**
   * Ids that finish a response: those of {@code generation_config.json}, which knows of chat turns,
   * where it names any, otherwise those of {@code config.json}.
   */
  public Set<Integer> stopTokens() {
    Set<Integer> named = generationConfiguration().endOfSequence();
    return named.isEmpty() ? configuration.endOfSequence() : named;
  }

  /**
   * Saves a model: written aside, synced, and put in place in one move.
   *
   * @param target replaced where it exists
   * @param values one row-major array an expected tensor of {@code configuration}, asked for when
   *     its turn comes
   * @param carryFrom directory of the model that it came from, or what else {@link
   *     HubCache#resolve} finds: its {@code config.json} is the one that is written, with what
   *     differs changed, and its tokenizer and generation settings go along
   * @throws ModelException where the files cannot be written
   */
  public static void save(
      Path target,
      TransformerConfiguration configuration,
      List<float[]> values,
      TensorType type,
      Path carryFrom) {
    List<TensorSpecification> specifications = configuration.tensors();
    List<TensorSource> tensors = new ArrayList<>();
    for (int i = 0; i < specifications.size(); i++) {
      tensors.add(
          TensorSource.ofFloats(specifications.get(i), type, TensorValues.source(values, i)));
    }
    save(target, configuration, tensors, type, ShardPlan.DEFAULT, carryFrom);
  }

  /**
   * Saves a model tensor by tensor, so that it need not fit into memory; otherwise as the other.
   *
   * @param tensors the expected ones of {@code configuration}
   * @param type what they are stored as
   * @param plan when to write several files; where {@code carryFrom} has several, and the same
   *     tensors in the same types, each stays in the file where it was
   */
  public static SavedModel save(
      Path target,
      TransformerConfiguration configuration,
      List<TensorSource> tensors,
      TensorType type,
      ShardPlan plan,
      Path carryFrom) {
    return new ModelSaver(carryFrom)
        .save(target, configuration, tensors, Optional.of(type), plan, true);
  }
}
