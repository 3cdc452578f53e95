package org.rlhfstreams.learner.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.rlhfstreams.learner.data.AbandonedGeneration;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.NamedTensor;

/** {@code state.json}: all of a checkpoint but its tensors, in format {@value #FORMAT}. */
final class StateFile {
  static final String NAME = "state.json";

  private static final int FORMAT = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String FORMAT_FIELD = "format";
  private static final String KIND = "kind";
  private static final String OBJECTIVE = "objective";
  private static final String STEP = "step";
  private static final String GENERATION = "generation";
  private static final String ABANDONED = "abandoned";
  private static final String LAST_STEP = "last-step";
  private static final String POSITION = "position";
  private static final String COMMANDS = "commands";
  private static final String VALIDATION = "validation";
  private static final String UNIMPROVED = "unimproved";
  private static final String AWAITED = "awaited";
  private static final String BEST_STEP = "best-step";
  private static final String BEST_FIGURE = "best-figure";
  private static final String NUMBERS = "numbers";

  private final Path file;
  private final CheckpointFields fields;

  private StateFile(Path file, CheckpointFields fields) {
    this.file = file;
    this.fields = fields;
  }

  /**
   * Opens the file of a checkpoint.
   *
   * @throws CheckpointException if it is of no format or of one that this release does not know
   * @throws IOException if there is none, or it is not JSON
   */
  static StateFile open(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    JsonNode json = MAPPER.readTree(file.toFile());
    JsonNode format = json.path(FORMAT_FIELD);
    if (format.isMissingNode()) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "%s has no format: an older release wrote this checkpoint, and this one reads format"
                  + " %d. %s",
              file,
              FORMAT,
              whatToDo(folder)));
    }
    if (!format.isIntegralNumber() || format.longValue() != FORMAT) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "%s is of format %s, and this release reads format %d. %s",
              file,
              format,
              FORMAT,
              whatToDo(folder)));
    }
    return new StateFile(file, new CheckpointFields(file, json));
  }

  /** The run's objective; empty in what releases without the field wrote. */
  Optional<String> objective() {
    return fields.has(OBJECTIVE) ? Optional.of(fields.text(OBJECTIVE)) : Optional.empty();
  }

  private static String whatToDo(Path folder) {
    return ("Continue with the release that wrote it; or start a new run from its weights, which"
            + " are the model directory %s, with another learner.checkpoint-directory and"
            + " connection.topic-prefix")
        .formatted(folder.resolve(CheckpointStore.MODEL));
  }

  /** The file's text for a checkpoint. */
  static String text(Checkpoint checkpoint) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put(FORMAT_FIELD, FORMAT);
    json.put(KIND, checkpoint.kind().text());
    checkpoint.objective().ifPresent(objective -> json.put(OBJECTIVE, objective));
    json.put(STEP, checkpoint.step());
    json.put(GENERATION, checkpoint.generation());
    if (!checkpoint.abandoned().isEmpty()) {
      ArrayNode abandoned = json.putArray(ABANDONED);
      checkpoint
          .abandoned()
          .forEach(
              one ->
                  abandoned
                      .addObject()
                      .put(GENERATION, one.generation())
                      .put(LAST_STEP, one.lastStep()));
    }
    checkpoint.position().write(json.putObject(POSITION));
    checkpoint.commands().ifPresent(offset -> json.put(COMMANDS, offset));
    ObjectNode validation =
        json.putObject(VALIDATION).put(UNIMPROVED, checkpoint.validation().unimproved());
    checkpoint
        .validation()
        .best()
        .ifPresent(best -> validation.put(BEST_STEP, best.step()).put(BEST_FIGURE, best.figure()));
    if (!checkpoint.validation().awaited().isEmpty()) {
      ArrayNode awaited = validation.putArray(AWAITED);
      checkpoint.validation().awaited().forEach(step -> awaited.addObject().put(STEP, step));
    }
    ObjectNode numbers = json.putObject(NUMBERS);
    new TreeMap<>(checkpoint.trainer().numbers()).forEach(numbers::put);
    return json.toPrettyString();
  }

  /**
   * The checkpoint.
   *
   * @param configuration of its model
   * @param model tensors of its model
   * @param others its other tensors
   * @throws CheckpointException if a field is missing or invalid
   */
  Checkpoint checkpoint(
      TransformerConfiguration configuration, List<float[]> model, List<NamedTensor> others) {
    RunKind kind =
        RunKind.of(fields.text(KIND))
            .orElseThrow(
                () ->
                    fields.invalid(
                        KIND,
                        Arrays.stream(RunKind.values())
                            .map(RunKind::text)
                            .collect(Collectors.joining(" or "))));
    return new Checkpoint(
        kind,
        objective(),
        fields.integer(STEP),
        fields.smallInteger(GENERATION),
        abandoned(),
        SourcePosition.read(fields.object(POSITION)),
        kind == RunKind.FIRST_RUN
            ? OptionalLong.of(fields.integer(COMMANDS))
            : OptionalLong.empty(),
        validation(),
        new TrainerState(
            configuration, model, others, fields.object(NUMBERS).reals(), file.toString()));
  }

  /** Absent in a run that was never rolled back, and in what releases without the rule wrote. */
  private List<AbandonedGeneration> abandoned() {
    return fields.has(ABANDONED)
        ? fields.objects(ABANDONED).stream()
            .map(
                one ->
                    new AbandonedGeneration(one.smallInteger(GENERATION), one.integer(LAST_STEP)))
            .toList()
        : List.of();
  }

  /** What evaluations came to. */
  ValidationState validation() {
    CheckpointFields validation = fields.object(VALIDATION);
    return new ValidationState(
        validation.has(BEST_STEP)
            ? Optional.of(
                new ValidationState.BestStep(
                    validation.integer(BEST_STEP), validation.real(BEST_FIGURE)))
            : Optional.empty(),
        validation.smallInteger(UNIMPROVED),
        validation.has(AWAITED)
            ? validation.objects(AWAITED).stream().map(one -> one.integer(STEP)).toList()
            : List.of());
  }
}
