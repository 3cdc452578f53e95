package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.OnNonFinite;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code skipped-steps.jsonl}: steps whose loss or gradients were not finite and changed nothing,
 * with the batch that they had; and the rule what follows from one.
 */
final class SkippedSteps {
  private static final Logger LOG = LoggerFactory.getLogger(SkippedSteps.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int NAMED = 8;

  private final Path path;
  private final OnNonFinite then;

  SkippedSteps(LearnerConfiguration settings) {
    this.path = settings.output().resolve("skipped-steps.jsonl");
    this.then = settings.onNonFinite();
  }

  /** Drops the steps after one, which will be done again. */
  void rewind(long step) {
    JsonLines.rewind(path, step);
  }

  /**
   * Writes a step's batch aside.
   *
   * @param position where the batch begins
   * @throws NonFiniteStepException where the run is to stop
   */
  void append(long step, List<? extends Example> batch, SourcePosition position) {
    JsonLines.append(path, json(step, batch, position));
    String said =
        String.format(
            Locale.ROOT,
            "step %d is skipped: its loss or gradients are not finite; its %d rows are in %s: %s",
            step,
            batch.size(),
            path,
            named(batch));
    if (then == OnNonFinite.STOP) {
      throw new NonFiniteStepException(
          said
              + ". The run stops here (learner.on-non-finite = stop): lower learner.learning-rate, or"
              + " take these rows out of the data, and begin a new run; or go on without them with"
              + " learner.on-non-finite = continue");
    }
    LOG.warn("{}", said);
  }

  private static String named(List<? extends Example> batch) {
    String first = batch.stream().limit(NAMED).map(Example::id).collect(Collectors.joining(", "));
    return batch.size() > NAMED ? first + " and " + (batch.size() - NAMED) + " more" : first;
  }

  private static ObjectNode json(
      long step, List<? extends Example> batch, SourcePosition position) {
    ObjectNode json = MAPPER.createObjectNode().put("step", step);
    position.write(json.putObject("position"));
    ArrayNode rows = json.putArray("rows");
    for (Example example : batch) {
      ArrayNode sequences = rows.addObject().put("id", example.id()).putArray("sequences");
      for (TokenRow row : example.tokenRows()) {
        ObjectNode sequence = sequences.addObject().put("response-start", row.responseStart());
        Arrays.stream(row.tokenIds()).forEach(sequence.putArray("token-ids")::add);
      }
    }
    return json;
  }
}
