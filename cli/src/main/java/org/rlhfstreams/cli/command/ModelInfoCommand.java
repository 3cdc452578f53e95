package org.rlhfstreams.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.info.MemoryTable;
import org.rlhfstreams.cli.info.ModelFacts;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a model is, and the memory that it needs. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Says what a model is, and how much memory each use of it needs.")
public final class ModelInfoCommand implements Callable<Integer> {
  private static final int USUAL_TOKENS = 512;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face directory, or the id of a model in the hub cache.")
  private Path model;

  @Option(
      names = "--batch-size",
      defaultValue = "8",
      paramLabel = "ROWS",
      description = "Rows generated side by side, or trained on in a pass.")
  private int batchSize;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description =
          "Tokens of a row, prompt and response: by default "
              + USUAL_TOKENS
              + ", or the context where that is shorter.")
  private Integer tokens;

  @Option(
      names = "--lora-rank",
      defaultValue = "8",
      paramLabel = "N",
      description = "Rank of LoRA adapters, if they are trained.")
  private int loraRank;

  @Option(
      names = "--updates",
      defaultValue = "1",
      paramLabel = "N",
      description = {
        "Updates of a training step. With more, as PPO has by its epochs, the learner"
            + " keeps a copy of weights and optimizer, to undo a step whose numbers are not finite."
      })
  private int updates;

  @Option(names = "--json", description = "Prints one JSON object, sizes in bytes.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    ModelDirectory directory = ModelDirectory.open(model);
    int rowTokens = rowTokens(directory.configuration().maxPositions());
    if (batchSize < 1 || loraRank < 1 || updates < 1) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "--batch-size, --lora-rank and --updates must be at least 1; got %d, %d and %d",
              batchSize,
              loraRank,
              updates));
    }
    ModelFacts facts = ModelFacts.of(directory);
    MemoryTable memory =
        MemoryTable.of(
            directory.configuration(), facts.fileBytes(), batchSize, rowTokens, loraRank, updates);
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>(facts.named());
      all.put("batch_size", batchSize);
      all.put("tokens", rowTokens);
      all.put("lora_rank", loraRank);
      all.put("updates", updates);
      all.put("memory", memory.named());
      System.out.println(
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all));
    } else {
      print(facts);
      System.out.printf(
          "%nresident memory, predicted for %d rows of %d tokens:%n", batchSize, rowTokens);
      memory.lines().forEach(System.out::println);
    }
    return 0;
  }

  private int rowTokens(int context) {
    if (tokens == null) {
      return Math.min(USUAL_TOKENS, context);
    }
    if (tokens < 2 || tokens > context) {
      throw new CommandException(
          String.format(Locale.ROOT, "--tokens is %d: this model takes 2 to %d", tokens, context));
    }
    return tokens;
  }

  private static void print(ModelFacts facts) {
    TransformerConfiguration shape = facts.configuration();
    System.out.println("architecture   " + facts.architecture());
    System.out.printf(
        "parameters     %,d, of which %,d are embeddings%n",
        facts.parameters(), facts.embeddingParameters());
    System.out.printf(
        "shape          %d layers of %d, %d heads, %d for keys and values%n",
        shape.layers(), shape.hiddenSize(), shape.heads(), shape.keyValueHeads());
    System.out.printf("context        %,d tokens%n", shape.maxPositions());
    System.out.println("stored as      " + String.join(", ", facts.types()));
    facts
        .files()
        .forEach((file, bytes) -> System.out.printf("file           %s: %,d bytes%n", file, bytes));
    System.out.printf(
        "vocabulary     %,d, the tokenizer's %s%n",
        shape.vocabularySize(),
        facts.tokenizerVocabulary().isPresent()
            ? String.format(Locale.ROOT, "%,d", facts.tokenizerVocabulary().getAsInt())
            : "is missing");
    System.out.println("chat template  " + (facts.chatTemplate() ? "yes" : "no"));
    System.out.println(
        "stop tokens    "
            + facts.stopTokens().stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }
}
