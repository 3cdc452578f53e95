package org.rlhfstreams.model.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.HubCache;
import org.rlhfstreams.model.torchscript.TorchRuntime;

/** A model's tokenizer, exactly as Hugging Face's library applies it. Safe for many threads. */
public final class Tokenizer implements AutoCloseable {
  private static final String FILE = "tokenizer.json";
  private static final String PROBE = "a";
  private static final int CONTEXT = 8;

  private final Path directory;
  private final HuggingFaceTokenizer tokenizer;
  private final int vocabularySize;
  private final OptionalInt endOfSequence;
  private final OptionalInt beginningOfSequence;
  private final Set<Integer> addedTokens;
  private final int[] promptStart;
  private TokenBytes tokenBytes; // read when it is first asked for

  private Tokenizer(Path directory, HuggingFaceTokenizer tokenizer, JsonNode json) {
    this.directory = directory;
    this.tokenizer = tokenizer;
    this.vocabularySize = vocabularySize(json);
    SpecialTokens special = SpecialTokens.of(directory);
    this.endOfSequence = special.endOfSequence(json, vocabularySize);
    this.beginningOfSequence = special.beginningOfSequence(json);
    this.addedTokens = addedTokens(json);
    this.promptStart = promptStart();
  }

  /**
   * Opens the {@code tokenizer.json} of a directory.
   *
   * @param model a model directory, or what else {@link HubCache#resolve} finds
   * @throws ModelException where it is missing or damaged
   */
  public static Tokenizer open(Path model) {
    Path directory = HubCache.resolve(model);
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          file + " does not exist: a model directory needs its tokenizer beside the weights");
    }
    TorchRuntime.prepare(); // keeps the library from asking its home for updates
    try {
      // By default the library cuts texts at 512 tokens.
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optTruncation(false)
              .optPadding(false)
              .build();
      JsonNode json = new ObjectMapper().readTree(file.toFile());
      return new Tokenizer(directory, tokenizer, json);
    } catch (ModelException e) {
      throw e; // names a file beside this one
    } catch (IOException | RuntimeException e) {
      throw new ModelException(
          file + " is not a tokenizer: " + e.getMessage() + "; fetch or write it again", e);
    }
  }

  /**
   * Opens the tokenizer of a model.
   *
   * @throws ModelException where it has tokens that the model's embedding does not
   */
  public static Tokenizer open(Path directory, TransformerConfiguration configuration) {
    Tokenizer tokenizer = open(directory);
    if (tokenizer.vocabularySize > configuration.vocabularySize()) {
      tokenizer.close();
      throw new ModelException(
          String.format(
              Locale.ROOT,
              ("%s has token ids up to %d, but config.json beside it has vocab_size %d: they are not of"
                  + " one model"),
              tokenizer.directory.resolve(FILE),
              tokenizer.vocabularySize - 1,
              configuration.vocabularySize()));
    }
    return tokenizer;
  }

  private static int vocabularySize(JsonNode json) {
    int largest = -1;
    JsonNode vocabulary = json.path("model").path("vocab");
    if (vocabulary.isArray()) {
      largest = vocabulary.size() - 1; // unigram models list pieces in order of their ids
    }
    for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
      largest = Math.max(largest, token.getValue().asInt());
    }
    for (JsonNode token : json.path("added_tokens")) {
      largest = Math.max(largest, token.path("id").asInt());
    }
    return largest + 1;
  }

  /** One more than the largest token id. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** Token ids of a text, without any that the tokenizer would put around it. */
  public int[] encode(String text) {
    return encode(text, false);
  }

  /**
   * Token ids of a text.
   *
   * @param addSpecialTokens whether to put around it what the tokenizer's post-processor does
   */
  public int[] encode(String text, boolean addSpecialTokens) {
    return ids(tokenizer.encode(text, addSpecialTokens, false).getIds());
  }

  /** Tokens of a rendered conversation, those of the assistant marked. */
  public MarkedTokens encode(MarkedText text) {
    Encoding encoding = tokenizer.encode(text.text(), false, false);
    return MarkedTokens.of(ids(encoding.getIds()), encoding.getCharTokenSpans(), text);
  }

  /**
   * Token ids of a text that a model is to go on with: behind what the tokenizer puts in front of
   * texts, such as a beginning of sequence, unless the text begins with it already, and never with
   * an end of sequence.
   */
  public int[] encodePrompt(String text) {
    int[] plain = encode(text, false);
    if (startsWith(plain, 0, promptStart)) {
      return plain;
    }
    int[] prompt = Arrays.copyOf(promptStart, promptStart.length + plain.length);
    System.arraycopy(plain, 0, prompt, promptStart.length, plain.length);
    return prompt;
  }

  /** Post-processors are of many kinds, but all leave the text's own tokens together. */
  private int[] promptStart() {
    int[] plain = encode(PROBE, false);
    int[] surrounded = encode(PROBE, true);
    for (int start = 0; start + plain.length <= surrounded.length; start++) {
      if (startsWith(surrounded, start, plain)) {
        return Arrays.copyOf(surrounded, start);
      }
    }
    return new int[0];
  }

  private static boolean startsWith(int[] ids, int from, int[] start) {
    return from + start.length <= ids.length
        && Arrays.equals(ids, from, from + start.length, start, 0, start.length);
  }

  /** Text of token ids. */
  public String decode(int[] tokenIds, boolean skipSpecialTokens) {
    return tokenizer.decode(Arrays.stream(tokenIds).asLongStream().toArray(), skipSpecialTokens);
  }

  /**
   * Text of token ids that go on from others. The decoders of SentencePiece models strip the space
   * that a text begins with, and what goes on with a text does not begin one.
   *
   * @param before what comes before them; its text is not part of the result
   */
  public String decodeAfter(int[] before, int[] tokenIds, boolean skipSpecialTokens) {
    int[] shown = shownEnd(before, skipSpecialTokens);
    int[] all = Arrays.copyOf(shown, shown.length + tokenIds.length);
    System.arraycopy(tokenIds, 0, all, shown.length, tokenIds.length);
    String text = decode(all, skipSpecialTokens);
    int start = shown.length == 0 ? 0 : decode(shown, skipSpecialTokens).length();
    return text.substring(Math.min(start, text.length()));
  }

  /** The last few of some tokens, as many as it takes for a text that is not empty. */
  int[] shownEnd(int[] tokenIds, boolean skipSpecialTokens) {
    for (int length = Math.min(CONTEXT, tokenIds.length); ; length *= 2) {
      int[] end =
          Arrays.copyOfRange(tokenIds, Math.max(0, tokenIds.length - length), tokenIds.length);
      if (end.length == tokenIds.length || !decode(end, skipSpecialTokens).isEmpty()) {
        return end;
      }
    }
  }

  /**
   * The bytes that a token adds to a text, which may be a part of a character; a special token adds
   * none.
   */
  public synchronized byte[] bytes(int tokenId) {
    if (tokenBytes == null) {
      Path file = directory.resolve(FILE);
      try {
        tokenBytes = new TokenBytes(new ObjectMapper().readTree(file.toFile()));
      } catch (IOException e) {
        throw new ModelException(
            file + " can no longer be read: " + e.getMessage() + "; put it back", e);
      }
    }
    return tokenBytes.of(tokenId);
  }

  /**
   * The token that ends a text, by the files beside the tokenizer: see {@link SpecialTokens}.
   *
   * @throws ModelException if no file names one
   */
  public int endOfSequence() {
    return endOfSequence.orElseThrow(
        () ->
            new ModelException(
                directory
                    + " names no end of sequence: give tokenizer_config.json an eos_token that"
                    + " tokenizer.json has"));
  }

  /** The token that begins a text, by the files beside the tokenizer; empty if they name none. */
  public OptionalInt beginningOfSequence() {
    return beginningOfSequence;
  }

  /** Whether a token was added to the vocabulary, as those that end a turn are. */
  public boolean isAdded(int tokenId) {
    return addedTokens.contains(tokenId);
  }

  private static Set<Integer> addedTokens(JsonNode json) {
    Set<Integer> ids = new HashSet<>();
    for (JsonNode token : json.path("added_tokens")) {
      ids.add(token.path("id").asInt());
    }
    return Set.copyOf(ids);
  }

  private static int[] ids(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
