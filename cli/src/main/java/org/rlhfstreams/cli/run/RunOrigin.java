package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.common.files.FileOperations;
import org.rlhfstreams.model.files.ModelFingerprint;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * The rule that a run goes on as it was begun: with the same objective, models and settings, as far
 * as those decide what it comes to. They are written down in {@code run.json} when it begins. What
 * only says how long it goes on, what it writes and how fast it is may change; a command that fails
 * before its first checkpoint has decided nothing but the prompts, which its log may have.
 */
final class RunOrigin {
  private static final String FILE = "run.json";
  private static final int FORMAT = 1;

  /** Sections of which every key decides, whatever is trained. */
  private static final Set<String> SECTIONS = Set.of("learner", "range", "lora");

  /** Those of what is sampled on the way. */
  private static final Set<String> OF_ROLLOUTS = Set.of("sampling", "admission");

  private static final Set<String> UNDECISIVE =
      Set.of(
          "learner.objective", // compared before, by itself
          "learner.max-steps",
          "learner.epochs",
          "learner.checkpoint-every",
          "learner.checkpoint-directory",
          "learner.output",
          "learner.http-port",
          "learner.evaluate-every",
          "learner.evaluation-patience",
          "learner.early-stop-patience",
          "learner.early-stop-delta",
          "learner.on-non-finite",
          "learner.micro-batch-tokens",
          "learner.micro-batch-size",
          "learner.gradient-accumulation-steps",
          "learner.logging-steps",
          "learner.gradient-checkpointing",
          "learner.share-prompts");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private RunOrigin() {}

  /**
   * What a run was begun with.
   *
   * @param format of the file
   * @param objective that it is trained by
   * @param models fingerprints, by what they are for
   * @param directories in which they were, for people
   * @param settings that decide, by full key
   * @param prompts as {@link RunPrompts} has them; empty if the run's log alone has its rows
   */
  record Origin(
      int format,
      String objective,
      Map<String, String> models,
      Map<String, String> directories,
      Map<String, String> settings,
      Map<String, String> prompts) {

    /** An earlier release wrote no prompts. */
    Origin {
      prompts = prompts == null ? Map.of() : prompts;
    }

    private static Origin of(RlhfConfiguration configuration, Optional<RunPrompts> prompts) {
      TrainingObjective objective = configuration.learner().objective();
      Map<String, String> values = configuration.values();
      Map<String, String> models = new TreeMap<>();
      Map<String, String> directories = new TreeMap<>();
      for (String model : List.of("policy", "reference", "reward")) {
        String directory = values.get("model." + model);
        if (!directory.isEmpty()) {
          models.put(model, ModelFingerprint.of(Path.of(directory)));
          directories.put(model, directory);
        }
      }
      Map<String, String> settings = new TreeMap<>(values);
      settings.keySet().removeIf(key -> !decides(key, objective));
      return new Origin(
          FORMAT,
          objective.text(),
          models,
          directories,
          settings,
          prompts.map(RunPrompts::values).orElse(Map.of()));
    }

    private Origin withPromptsOf(Origin before) {
      return prompts.isEmpty()
          ? new Origin(format, objective, models, directories, settings, before.prompts)
          : this;
    }

    private static boolean decides(String key, TrainingObjective objective) {
      String section = key.substring(0, key.indexOf('.'));
      return key.equals("model.dtype")
          || (SECTIONS.contains(section) && !UNDECISIVE.contains(key))
          || (objective.learnsFromRollouts() && OF_ROLLOUTS.contains(section))
          || objective.sections().stream().anyMatch(own -> own.key().equals(section));
    }

    private List<String> differences(Origin now) {
      List<String> differences = new ArrayList<>();
      if (!objective.equals(now.objective)) {
        differences.add("it is a run of %s, and this is %s".formatted(objective, now.objective));
        return differences;
      }
      for (String model : union(models, now.models)) {
        String before = models.get(model);
        if (!Objects.equals(before, now.models.get(model))) {
          differences.add(
              "the %s model was %s, and is %s"
                  .formatted(model, described(model), now.described(model)));
        }
      }
      for (String key : union(settings, now.settings)) {
        String before = settings.get(key);
        String after = now.settings.get(key);
        // A key that one of two releases does not know says nothing.
        if (before != null && after != null && !before.equals(after)) {
          differences.add("%s was %s, and is %s".formatted(key, shown(before), shown(after)));
        }
      }
      differences.addAll(otherPrompts(now));
      return differences;
    }

    private List<String> otherPrompts(Origin now) {
      Optional<RunPrompts> before = RunPrompts.of(prompts);
      Optional<RunPrompts> after = RunPrompts.of(now.prompts);
      return before.isPresent() && after.isPresent() && !before.get().sameAs(after.get())
          ? List.of(
              String.format(
                  Locale.ROOT,
                  "its prompts were %s, and are %s (leave --prompts out to go on; rlhf prompts import"
                      + " adds some to a system that runs)",
                  before.get(),
                  after.get()))
          : List.of();
    }

    private static Set<String> union(Map<String, String> first, Map<String, String> second) {
      Set<String> keys = new TreeSet<>(first.keySet());
      keys.addAll(second.keySet());
      return keys;
    }

    private String described(String model) {
      return models.containsKey(model)
          ? "%s (%.8s)".formatted(directories.get(model), models.get(model))
          : "none";
    }

    private static String shown(String value) {
      return value.isEmpty() ? "not set" : value;
    }
  }

  /**
   * Checks that a run goes on as it was begun; writes down what it begins with. Its rows are looked
   * for in its log.
   *
   * @throws CommandException naming each difference
   */
  static void require(RunDirectory run, RlhfConfiguration configuration) {
    require(run, configuration, Optional.empty());
  }

  /**
   * The same for a run whose log also gets rows from elsewhere.
   *
   * @param prompts that the command brings; if none, the run goes on with what is there
   * @throws CommandException naming each difference
   */
  static void require(
      RunDirectory run, RlhfConfiguration configuration, Optional<RunPrompts> prompts) {
    Path file = run.path().resolve(FILE);
    Origin now = Origin.of(configuration, prompts);
    if (!Files.exists(file)) {
      write(file, now);
      return;
    }
    Origin before = read(file);
    boolean trained = Files.exists(configuration.learner().checkpointDirectory());
    List<String> differences = trained ? before.differences(now) : List.of();
    if (!trained && Files.exists(run.log())) {
      differences = before.otherPrompts(now);
    }
    if (!differences.isEmpty()) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "%s was begun otherwise: %s. Begin a new run in another directory, or go on with what"
                  + " this one was begun with (%s)",
              run.path(),
              String.join("; ", differences),
              file));
    }
    if (!trained) {
      write(file, now.withPromptsOf(before));
    }
  }

  private static Origin read(Path file) {
    try {
      return JSON.readValue(Files.readAllBytes(file), Origin.class);
    } catch (JsonProcessingException e) {
      throw new CommandException(
          "%s says what the run was begun with and cannot be read (%s): remove it, and the next command decides anew"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private static void write(Path file, Origin origin) {
    Path aside = file.resolveSibling(FILE + ".writing");
    FileOperations files = FileOperations.ofDisk();
    try {
      files.createDirectories(file.toAbsolutePath().getParent());
      files.write(aside, JSON.writeValueAsBytes(origin));
      files.move(aside, file);
      files.sync(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
