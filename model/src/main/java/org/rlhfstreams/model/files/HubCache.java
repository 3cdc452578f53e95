package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rlhfstreams.common.EditDistance;
import org.rlhfstreams.model.ModelException;

/**
 * Where Hugging Face's tools keep what they downloaded: a directory a repository, {@code
 * models--org--name}, with the files of each revision under {@code snapshots}.
 */
public final class HubCache {
  private static final String PREFIX = "models--";
  private static final Pattern ID = Pattern.compile("\\w[\\w.-]*(/\\w[\\w.-]*)?");

  private final Path root;

  /**
   * @param root directory of the repositories' directories
   */
  public HubCache(Path root) {
    this.root = root;
  }

  /** Directory of the cache that Hugging Face's own tools would use. */
  static Path location(Map<String, String> environment, Path home) {
    for (String named : List.of("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")) {
      if (set(environment, named)) {
        return expanded(environment.get(named), home);
      }
    }
    if (set(environment, "HF_HOME")) {
      return expanded(environment.get("HF_HOME"), home).resolve("hub");
    }
    Path caches =
        set(environment, "XDG_CACHE_HOME")
            ? expanded(environment.get("XDG_CACHE_HOME"), home)
            : home.resolve(".cache");
    return caches.resolve("huggingface").resolve("hub");
  }

  private static boolean set(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isEmpty();
  }

  private static Path expanded(String path, Path home) {
    return path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
  }

  /**
   * The directory of a model's files.
   *
   * @param model a model directory; a repository's directory in a hub cache; or, where there is no
   *     such directory, the id of a model in the cache that {@code HF_HUB_CACHE} or {@code HF_HOME}
   *     name, by default the one below the user's home
   * @throws ModelException saying where it looked, and how to fetch the model
   */
  public static Path resolve(Path model) {
    Path home = Path.of(System.getProperty("user.home"));
    return new HubCache(location(System.getenv(), home)).find(model);
  }

  /** As {@link #resolve}, in this cache. */
  public Path find(Path model) {
    if (!Files.exists(model)) {
      ModelDirectory.recover(model);
    }
    if (Files.isDirectory(model)) {
      boolean repository =
          Files.isDirectory(model.resolve("snapshots"))
              && !Files.exists(model.resolve(ModelSaver.CONFIGURATION));
      return repository ? snapshot(model, id(model)) : model;
    }
    String id = model.toString().replace('\\', '/');
    boolean isId = !Files.exists(model) && ID.matcher(id).matches();
    Path repository = root.resolve(PREFIX + id.replace("/", "--"));
    if (isId && Files.isDirectory(repository)) {
      return snapshot(repository, id);
    }
    List<String> meant = neighbours(model);
    if (!Files.exists(model) && !meant.isEmpty()) {
      throw new ModelException(
          "%s does not exist: did you mean %s?".formatted(model, String.join(" or ", meant)));
    }
    if (!isId) {
      throw new ModelException(
          model
              + " is not a directory: name a Hugging Face model directory, with config.json,"
              + " model.safetensors and tokenizer.json");
    }
    throw new ModelException(
        ("%s is not a directory, and the hub cache has no %s: name a Hugging Face model directory,"
                + " or fetch the model: hf download %s")
            .formatted(model, repository, id));
  }

  /** Directories beside a missing one whose names a typing error would turn into its. */
  private static List<String> neighbours(Path missing) {
    Path parent = missing.toAbsolutePath().getParent();
    if (missing.getFileName() == null || parent == null || !Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(parent)) {
      List<String> names =
          children.filter(Files::isDirectory).map(child -> child.getFileName().toString()).toList();
      return EditDistance.meant(missing.getFileName().toString(), names).stream()
          .map(name -> missing.resolveSibling(name).toString())
          .toList();
    } catch (IOException e) {
      return List.of(); // what cannot be listed cannot be meant
    }
  }

  private static String id(Path repository) {
    String name = repository.toAbsolutePath().normalize().getFileName().toString();
    return name.startsWith(PREFIX)
        ? name.substring(PREFIX.length()).replaceFirst("--", "/")
        : "ORG/NAME";
  }

  /** What the branch {@code main} points to, otherwise the newest revision. */
  private static Path snapshot(Path repository, String id) {
    try {
      Optional<Path> main = main(repository);
      return main.isPresent()
          ? main.get()
          : newest(repository)
              .orElseThrow(
                  () ->
                      new ModelException(
                          "%s holds no revision of the model: hf download %s fetches it"
                              .formatted(repository.resolve("snapshots"), id)));
    } catch (IOException e) {
      throw new ModelException(repository + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<Path> main(Path repository) throws IOException {
    Path reference = repository.resolve("refs").resolve("main");
    if (!Files.isRegularFile(reference)) {
      return Optional.empty();
    }
    String revision = Files.readString(reference).strip();
    return revision.matches("[0-9A-Za-z]+")
        ? Optional.of(repository.resolve("snapshots").resolve(revision)).filter(Files::isDirectory)
        : Optional.empty();
  }

  private static Optional<Path> newest(Path repository) throws IOException {
    if (!Files.isDirectory(repository.resolve("snapshots"))) {
      return Optional.empty();
    }
    try (Stream<Path> snapshots = Files.list(repository.resolve("snapshots"))) {
      return snapshots
          .filter(Files::isDirectory)
          .max(
              Comparator.comparing((Path path) -> path.toFile().lastModified())
                  .thenComparing(Comparator.naturalOrder()));
    }
  }
}
