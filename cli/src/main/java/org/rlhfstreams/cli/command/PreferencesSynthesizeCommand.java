package org.rlhfstreams.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.annotator.ComparisonMaker;
import org.rlhfstreams.cli.data.StoryOpenings;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.evaluation.annotator.Annotator;
import org.rlhfstreams.evaluation.annotator.CheerfulAnnotator;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Pairs judged by the synthetic annotator. */
@Command(
    name = "synthesize",
    mixinStandardHelpOptions = true,
    description = "Samples pairs of story continuations and lets the cheerful annotator judge.")
public final class PreferencesSynthesizeCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR", description = "Who answers.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Stories whose first sentences are the prompts.")
  private Path data;

  @Option(names = "--output", required = true, paramLabel = "FILE", description = "JSONL, .gz.")
  private Path output;

  @Option(
      names = "--count",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Prompts at most.")
  private int count;

  @Option(
      names = "--per-prompt",
      defaultValue = "1",
      paramLabel = "N",
      description = "Comparisons of each prompt.")
  private int perPrompt;

  @Option(names = "--max-tokens", defaultValue = "48", description = "Tokens of a response.")
  private int maxTokens;

  @Option(names = "--temperature", defaultValue = "1.0", description = "Of the sampling.")
  private double temperature;

  @Option(names = "--seed", defaultValue = "0", description = "Of samples and noise.")
  private long seed;

  @Override
  public Integer call() {
    List<String> stories = new ArrayList<>();
    new PreferenceDataset(List.of(data), Map.of())
        .forEach(
            preference -> stories.add(preference.getChosen()),
            row -> {
              throw new CommandException(row.described());
            });
    List<String> openings = StoryOpenings.of(stories).stream().limit(count).toList();
    System.out.printf("%,d openings of %,d stories%n", openings.size(), stories.size());
    List<String> prompts =
        Collections.nCopies(perPrompt, openings).stream().flatMap(List::stream).toList();
    try (BufferedWriter writer =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(output)), StandardCharsets.UTF_8))) {
      PairWriter pairs = new PairWriter(writer, new CheerfulAnnotator(seed));
      new ComparisonMaker(model, maxTokens, temperature, seed).make(prompts, pairs::accept);
      System.out.printf("%,d pairs in %s; the others were ties%n", pairs.written(), output);
      return 0;
    } catch (IOException e) {
      throw new CommandException(output + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static final class PairWriter {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final BufferedWriter writer;
    private final Annotator annotator;
    private int written;

    PairWriter(BufferedWriter writer, Annotator annotator) {
      this.writer = writer;
      this.annotator = annotator;
    }

    void accept(Comparison comparison) {
      String one = comparison.getFirst().getText();
      String other = comparison.getSecond().getText();
      Choice choice = annotator.choose(comparison.getComparisonId(), one, other);
      if (choice != Choice.FIRST && choice != Choice.SECOND) {
        return;
      }
      boolean first = choice == Choice.FIRST;
      ObjectNode json = MAPPER.createObjectNode();
      json.put("prompt", comparison.getPromptText());
      json.put("chosen", first ? one : other);
      json.put("rejected", first ? other : one);
      try {
        writer.write(json.toString());
        writer.newLine();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      written++;
    }

    int written() {
      return written;
    }
  }
}
