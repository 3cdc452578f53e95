package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.rlhfstreams.cli.data.ScoredLine;
import org.rlhfstreams.common.terminal.LineProgress;
import org.rlhfstreams.datasets.InputRow;
import org.rlhfstreams.datasets.InputRows;
import org.rlhfstreams.datasets.JsonLineWriter;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;

/** Log-probabilities of a file's lines, in the file's order, a batch of lines at a time. */
public final class FileScoring implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int TOKENS_AT_ONCE = 1 << 16;

  private final LanguageModel model;
  private final InferenceModel inference;
  private final int batchSize;
  private final JsonLineWriter output;
  private final List<InputRow> lines = new ArrayList<>();
  private final List<TokenRow> rows = new ArrayList<>();
  private int tokens;
  private long written;
  private long scored;

  /**
   * @param batchSize lines scored at once, at most
   */
  public FileScoring(LanguageModel model, int batchSize, JsonLineWriter output) {
    this.model = model;
    this.inference = new InferenceModel(model.decoder(), MicroBatchSettings.DEFAULT);
    this.batchSize = batchSize;
    this.output = output;
  }

  /**
   * Scores a file.
   *
   * @throws org.rlhfstreams.cli.CommandException naming file and line of what cannot be scored
   */
  public void run(Path data) {
    InputRows file = new InputRows(data);
    OptionalInt total = file.check(this::check);
    output.begin();
    LineProgress progress = new LineProgress("logprobs", total);
    file.forEach(
        line -> {
          add(line);
          if (rows.size() >= batchSize || tokens >= TOKENS_AT_ONCE) {
            score();
            progress.done(written, scored);
          }
        });
    score();
    progress.finished(written, scored, output.target());
  }

  private void check(InputRow line) {
    new ScoredLine(line).row(model);
  }

  private void add(InputRow line) {
    TokenRow row = new ScoredLine(line).row(model);
    lines.add(line);
    rows.add(row);
    tokens += row.tokenIds().length;
  }

  private void score() {
    if (rows.isEmpty()) {
      return;
    }
    double[] temperatures = new double[rows.size()];
    Arrays.fill(temperatures, 1);
    float[][] byRow = inference.logProbabilities(model.weights(), rows, temperatures);
    for (int i = 0; i < byRow.length; i++) {
      output.write(json(lines.get(i), rows.get(i), byRow[i]));
      written++;
      scored += byRow[i].length;
    }
    lines.clear();
    rows.clear();
    tokens = 0;
  }

  private static ObjectNode json(InputRow line, TokenRow row, float[] logProbabilities) {
    ObjectNode json = MAPPER.createObjectNode();
    JsonNode id = line.json().get("id");
    if (id != null) {
      json.set("id", id);
    }
    ArrayNode ids = json.putArray("ids");
    for (int t = row.responseStart(); t < row.tokenIds().length; t++) {
      ids.add(row.tokenIds()[t]);
    }
    ArrayNode values = json.putArray("log_probabilities");
    double sum = 0;
    for (float logProbability : logProbabilities) {
      values.add(logProbability);
      sum += logProbability;
    }
    return json.put("sum", sum).put("mean", sum / logProbabilities.length);
  }

  @Override
  public void close() {
    inference.close();
  }
}
