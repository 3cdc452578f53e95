package org.rlhfstreams.model.completion;

import java.nio.file.Path;
import java.util.Set;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.text.Tokenizer;

/** A model directory, opened to write or to judge text: tokenizer, decoder and weights. */
public final class LanguageModel implements AutoCloseable {
  private final Tokenizer tokenizer;
  private final Set<Integer> stopTokens;
  private final PromptEncoding prompts;
  private final Decoder decoder;
  private final PackedWeights weights;

  private LanguageModel(ModelDirectory directory, Tokenizer tokenizer, ComputeType type) {
    this.tokenizer = tokenizer;
    this.stopTokens = directory.stopTokens();
    this.prompts = new PromptEncoding(directory.path(), directory.configuration(), tokenizer);
    this.decoder = new Decoder(directory.configuration(), type);
    this.weights = PackedWeights.read(decoder, directory);
  }

  /**
   * Opens a model that computes in float32 where its weights are stored so, and otherwise in what
   * the machine does faster.
   *
   * @throws ModelException where it cannot be read, or is a reward model
   */
  public static LanguageModel open(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    return open(model, directory, ComputeType.named("stored", model));
  }

  /**
   * Opens a model.
   *
   * @throws ModelException where it cannot be read, or is a reward model
   */
  public static LanguageModel open(Path directory, ComputeType type) {
    return open(ModelDirectory.open(directory), directory, type);
  }

  private static LanguageModel open(ModelDirectory model, Path directory, ComputeType type) {
    require(model);
    return new LanguageModel(model, Tokenizer.open(directory, model.configuration()), type);
  }

  /**
   * Checks that a model writes.
   *
   * @throws ModelException if it is a reward model
   */
  public static void require(ModelDirectory model) {
    if (model.configuration().classifier()) {
      throw new ModelException(
          model.path()
              + " is a reward model: it scores, it does not write; name a language model, whose"
              + " config.json has an architecture such as LlamaForCausalLM");
    }
  }

  /** What its {@code config.json} describes. */
  public TransformerConfiguration configuration() {
    return decoder.configuration();
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** How prompts become its tokens. */
  public PromptEncoding prompts() {
    return prompts;
  }

  /** Its compiled functions. */
  public Decoder decoder() {
    return decoder;
  }

  /** Its weights. */
  public PackedWeights weights() {
    return weights;
  }

  /**
   * A generator of tokens, to be closed before the model.
   *
   * @param slots responses sampled side by side
   */
  public Generator generator(int slots) {
    return new Generator(
        decoder,
        weights,
        0,
        new GeneratorSettings(slots, configuration().maxPositions(), stopTokens));
  }

  /**
   * A generator of text, to be closed before the model.
   *
   * @param slots completions written side by side
   */
  public TextGenerator textGenerator(int slots) {
    return new TextGenerator(prompts, generator(slots));
  }

  @Override
  public void close() {
    weights.close();
    decoder.close();
    tokenizer.close();
  }
}
