package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.rlhfstreams.common.terminal.LineProgress;
import org.rlhfstreams.datasets.InputRow;
import org.rlhfstreams.datasets.InputRows;
import org.rlhfstreams.datasets.JsonLineWriter;
import org.rlhfstreams.evaluation.CompletionLine;
import org.rlhfstreams.evaluation.ResponseSampling;
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionListener;
import org.rlhfstreams.model.completion.CompletionRequest;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.PromptException;
import org.rlhfstreams.model.completion.TextGenerator;

/**
 * Continues the lines of a file, many side by side, and writes them in the file's order. Few are in
 * memory at once, however long the file is.
 */
public final class FileCompletion {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LINES_A_SLOT = 8;

  private final LanguageModel model;
  private final ResponseSampling sampling;
  private final boolean chat;
  private final int slots;
  private final JsonLineWriter output;
  private final Map<Long, InputRow> lines = new HashMap<>();
  private final Map<Long, Completion> finished = new HashMap<>();
  private long submitted;
  private long written;

  /**
   * @param chat whether prompts are users' messages
   * @param slots lines continued side by side
   */
  public FileCompletion(
      LanguageModel model,
      ResponseSampling sampling,
      boolean chat,
      int slots,
      JsonLineWriter output) {
    this.model = model;
    this.sampling = sampling;
    this.chat = chat;
    this.slots = slots;
    this.output = output;
  }

  /**
   * Continues a file.
   *
   * @throws org.rlhfstreams.cli.CommandException naming file and line of what cannot be continued
   */
  public void run(Path data) {
    InputRows file = new InputRows(data);
    OptionalInt total = file.check(this::check);
    output.begin();
    LineProgress progress = new LineProgress("generate", total);
    try (TextGenerator generator = model.textGenerator(slots)) {
      file.forEach(
          line -> {
            submit(line, generator);
            while (submitted - written >= (long) LINES_A_SLOT * slots) {
              step(generator, progress);
            }
          });
      while (!generator.idle()) {
        step(generator, progress);
      }
      progress.finished(written, generator.tokensDrawn(), output.target());
    }
  }

  private void check(InputRow line) {
    new CompletionLine(line, chat).encode(model.prompts());
  }

  private void submit(InputRow line, TextGenerator generator) {
    CompletionLine wanted = new CompletionLine(line, chat);
    int[] tokenIds = wanted.encode(model.prompts());
    CompletionRequest request =
        new CompletionRequest(
            String.valueOf(submitted),
            wanted.prompt(),
            sampling.at(submitted),
            sampling.stop(),
            CompletionListener.NONE);
    try {
      generator.submit(request, tokenIds);
    } catch (PromptException e) {
      throw line.bad(e.getMessage());
    }
    lines.put(submitted++, line);
  }

  private void step(TextGenerator generator, LineProgress progress) {
    for (Completion completion : generator.step()) {
      finished.put(Long.valueOf(completion.request().id()), completion);
    }
    while (finished.containsKey(written)) {
      output.write(json(lines.remove(written), finished.remove(written)));
      written++;
    }
    progress.done(written, generator.tokensDrawn());
  }

  private static ObjectNode json(InputRow line, Completion completion) {
    ObjectNode json = MAPPER.createObjectNode();
    JsonNode id = line.json().get("id");
    if (id != null) {
      json.set("id", id);
    }
    json.put("text", completion.text());
    ArrayNode ids = json.putArray("ids");
    for (int tokenId : completion.tokenIds()) {
      ids.add(tokenId);
    }
    ArrayNode logProbabilities = json.putArray("log_probabilities");
    for (float logProbability : completion.logProbabilities()) {
      logProbabilities.add(logProbability);
    }
    return json.put("finish_reason", completion.end().name().toLowerCase(Locale.ROOT));
  }
}
