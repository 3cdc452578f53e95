package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commonest mistakes: each ends with the right exit code and says what happened, where, and
 * what to do, without a stack trace, and before a broker, an import or a wait has begun.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommonMistakesTest {
  private static final String REWARD = STARTER + "-reward";
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Of the processor: the machine may have other work. */
  private static final Duration MOST_WORK = Duration.ofSeconds(2);

  /** Shorter than any wait for a broker that is not told to be shorter. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Path PAGE = Path.of("..", "docs", "when-something-goes-wrong.md");
  private static final String BEGIN = "<!-- written by CommonMistakesTest -->";

  private final Map<String, String> shown = new LinkedHashMap<>();
  @TempDir private static Path directory;

  /**
   * A mistake.
   *
   * @param words of the command; {@code @NAME} is a file of the test's
   */
  private record Mistake(String name, int code, List<String> words, List<String> said) {
    @Override
    public String toString() {
      return name;
    }

    static Mistake of(String name, int code, String command, String... said) {
      return new Mistake(name, code, List.of(command.split(" ")), List.of(said));
    }
  }

  @BeforeAll
  void warmUp() throws IOException {
    for (String word : List.of("pairs", "sft")) {
      Files.writeString(
          directory.resolve(word + ".jsonl"),
          word.equals("pairs")
              ? "{\"prompt\": \"The\", \"chosen\": \" fox.\", \"rejected\": \" hen.\"}\n".repeat(4)
              : "{\"question\": \"The?\", \"good\": \" fox.\", \"bad\": \" hen.\"}\n".repeat(4));
    }
    Files.writeString(directory.resolve("prompts.txt"), "Once\n");
    Files.write(directory.resolve("pairs.parquet"), new byte[] {'P', 'A', 'R', '1', 0, 1, 2, 3});
    Files.write(directory.resolve("latin.txt"), new byte[] {'c', 'a', 'f', (byte) 0xE9, '\n'});
    withoutTokenizer();
    rotated(REWARD, "rotated");
    rotated(STARTER, "rotated-policy");
    huge();
    Path old = directory.resolve("old/checkpoints/step-00000004");
    Files.createDirectories(old);
    Files.writeString(old.resolve("state.json"), "{\"step\": 4}");
    Path ppo = directory.resolve("ppo/checkpoints/step-00000004");
    Files.createDirectories(ppo);
    Files.writeString(
        ppo.resolve("state.json"), "{\"format\": 1, \"objective\": \"ppo\", \"step\": 4}");
    Files.writeString(directory.resolve("tokens.yaml"), "tokens: []\n");
    CommandRun.expecting(
        0,
        "generate",
        "--model",
        STARTER,
        "--prompt",
        "Once",
        "--max-new-tokens",
        "1"); // is loaded
  }

  private void copy(String model, String name, List<String> files) throws IOException {
    Path copy = Files.createDirectories(directory.resolve(name));
    for (String file : files) {
      Files.copy(Path.of(model, file), copy.resolve(file));
    }
  }

  private void withoutTokenizer() throws IOException {
    copy(STARTER, "no-tokenizer", List.of("config.json", "model.safetensors"));
  }

  /** A model whose tokens have the ids of their neighbours. */
  private void rotated(String model, String name) throws IOException {
    copy(model, name, List.of("config.json", "model.safetensors"));
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(Path.of(STARTER, "tokenizer.json").toFile());
    ObjectNode vocabulary = (ObjectNode) tokenizer.path("model").path("vocab");
    int size = vocabulary.size();
    Map<String, Integer> ids = new HashMap<>();
    vocabulary
        .properties()
        .forEach(token -> ids.put(token.getKey(), (token.getValue().asInt() + 1) % size));
    ids.forEach(vocabulary::put);
    JSON.writeValue(directory.resolve(name + "/tokenizer.json").toFile(), tokenizer);
  }

  /** The shape of a model that no machine of this kind can train. */
  private void huge() throws IOException {
    copy(STARTER, "huge", List.of("tokenizer.json", "tokenizer_config.json"));
    ObjectNode shape = (ObjectNode) JSON.readTree(Path.of(STARTER, "config.json").toFile());
    shape.put("hidden_size", 16_384).put("intermediate_size", 53_248);
    shape.put("num_hidden_layers", 126).put("num_attention_heads", 128);
    shape.put("num_key_value_heads", 8).put("head_dim", 128);
    JSON.writeValue(directory.resolve("huge/config.json").toFile(), shape);
  }

  private static Stream<Mistake> mistakes() {
    String dpo = "train dpo --model @S --data @pairs.jsonl --output @out";
    String ppo =
        "train ppo --model @S --reward-model @R --data @prompts.txt --max-steps 1 --output @out";
    return Stream.of(
        Mistake.of(
            "a model that is not there",
            1,
            dpo.replace("@S", "Qwen/Qwen2.5-0.5B-Instruc"),
            "Qwen/Qwen2.5-0.5B-Instruc is not a directory",
            "hub cache has no",
            "hf download Qwen/Qwen2.5-0.5B-Instruc"),
        Mistake.of(
            "a directory without a tokenizer",
            1,
            dpo.replace("@S", "@no-tokenizer"),
            "no-tokenizer",
            "tokenizer.json"),
        Mistake.of(
            "another column",
            1,
            dpo.replace("@pairs", "@sft"),
            "sft.jsonl",
            "columns [bad, good, question]",
            "--map"),
        Mistake.of("no reward model", 2, ppo.replace("--reward-model @R ", ""), "--reward-model"),
        Mistake.of(
            "a reward model that is not there",
            1,
            ppo.replace("@R", "@nowhere"),
            "nowhere is not a directory"),
        Mistake.of(
            "a language model in place of the reward model",
            1,
            ppo.replace("@R", "@S"),
            "is a language model",
            "rlhf train reward"),
        Mistake.of(
            "a reward model with another vocabulary",
            1,
            ppo.replace("@R", "@rotated"),
            "different tokenizers: token",
            "name two models of one family"),
        Mistake.of(
            "a reference with another vocabulary",
            1,
            dpo + " --reference-model @rotated-policy",
            "different tokenizers: token"),
        Mistake.of(
            "a port of a role in use",
            1,
            "rollout-worker --model.policy @S --bootstrap-servers 127.0.0.1:1"
                + " --rollout-worker.http-port @PORT",
            "port ",
            "in use",
            "rollout-worker.http-port"),
        Mistake.of(
            "a port of the broker in use",
            1,
            "up --port @PORT --model.policy @S --model.reward @R --data-directory @out",
            "port ",
            "for the Kafka broker is in use",
            "--port"),
        Mistake.of(
            "a port of the registry in use",
            1,
            "up --port 0 --registry-port @PORT --model.policy @S --model.reward @R"
                + " --data-directory @out",
            "for the schema registry is in use",
            "--registry-port"),
        Mistake.of(
            "a port of a served model in use",
            1,
            "model serve @S --port @PORT",
            "port ",
            "in use",
            "name another with --port, or 0 for a free one"),
        Mistake.of(
            "a reward model where text is to be written",
            1,
            "model serve @R",
            "is a reward model: it scores, it does not write"),
        Mistake.of(
            "a broker that is not there",
            1,
            "learner --model.policy @S --learner.checkpoint-directory @none"
                + " --bootstrap-servers 127.0.0.1:1 --connection.start-timeout 1s",
            "the Kafka broker at 127.0.0.1:1 did not answer in 1 s",
            "connection.bootstrap-servers"),
        Mistake.of(
            "a server that is no broker",
            1,
            "learner --model.policy @S --learner.checkpoint-directory @none"
                + " --bootstrap-servers 127.0.0.1:@PORT --connection.start-timeout 1s",
            "did not answer in 1 s",
            "connection.bootstrap-servers"),
        Mistake.of(
            "too little memory",
            1,
            "train sft --model @huge --initialize --data @pairs.jsonl --output @out"
                + " --model.dtype float32",
            "training ",
            "GB of memory, and this machine has",
            "what helps: lora.rank = 16 saves",
            "--force"),
        Mistake.of(
            "a prompt longer than the context",
            1,
            "generate --model @S --prompt " + "word_".repeat(2000),
            "tokens",
            "512"),
        Mistake.of(
            "a GPU where there is none",
            1,
            dpo + " --model.device cuda",
            "device cuda is not there: 0 GPUs were found",
            "set device to auto or cpu"),
        Mistake.of(
            "a file that is damaged",
            1,
            dpo.replace("@pairs.jsonl", "@pairs.parquet"),
            "pairs.parquet"),
        Mistake.of(
            "a file that is not UTF-8",
            1,
            "prompts import @latin.txt --bootstrap-servers 127.0.0.1:1",
            "latin.txt",
            "UTF-8"),
        Mistake.of(
            "a data file that is not there",
            1,
            dpo.replace("@pairs.jsonl", "@nothing.jsonl"),
            "nothing.jsonl does not exist"),
        Mistake.of(
            "a data file of another command that is not there",
            1,
            "generate --model @S --data @nothing.jsonl --output @results.jsonl",
            "nothing.jsonl does not exist: check the path"),
        Mistake.of(
            "a baseline that is not there",
            1,
            "evaluate win-rate --model @S --baseline @nowhere --judge cheerful --prompts"
                + " @prompts.txt",
            "nowhere is not a directory"),
        Mistake.of(
            "an output that is a file",
            1,
            dpo.replace("@out", "@prompts.txt"),
            "prompts.txt is a file: name a directory",
            "which need not exist"),
        Mistake.of(
            "no room on the disk",
            1,
            "generate --model @S --data @pairs.jsonl --max-new-tokens 1 --output /dev/full",
            "/dev/full",
            "No space left on device",
            "free some space"),
        Mistake.of(
            "a token that nobody has",
            1,
            "people revoke --name mallory --tokens-file @tokens.yaml",
            "tokens.yaml",
            "mallory"),
        Mistake.of(
            "an endpoint for everyone without tokens",
            2,
            "people --people.enabled true --people.host 0.0.0.0 --bootstrap-servers 127.0.0.1:1",
            "people.host = 0.0.0.0 can be reached from other machines",
            "rlhf people token"),
        Mistake.of(
            "a checkpoint of an older release",
            1,
            dpo.replace("@out", "@old"),
            "state.json has no format: an older release wrote this checkpoint",
            "Continue with the release that wrote it"),
        Mistake.of(
            "a checkpoint of another objective",
            1,
            "learner --learner.objective dpo --model.policy @S --bootstrap-servers 127.0.0.1:1"
                + " --learner.checkpoint-directory @ppo/checkpoints",
            "belongs to a ppo run",
            "learner.objective = ppo"),
        Mistake.of(
            "an objective that is unknown",
            2,
            "train dppo --model @S",
            "rlhf train has no dppo: did you mean dpo or ppo?"),
        Mistake.of(
            "a model whose name is misspelt",
            1,
            "generate --model ../models/startr --prompt Once",
            "models/startr does not exist: did you mean ../models/starter?"),
        Mistake.of(
            "an objective that is unknown to a role",
            2,
            "learner --learner.objective dppo",
            "learner.objective",
            "dppo",
            "dpo"),
        Mistake.of(
            "a role without its model",
            2,
            "controller --bootstrap-servers 127.0.0.1:1",
            "model.policy is not set",
            "rlhf.yaml"),
        Mistake.of(
            "LoRA on what the model does not have",
            1,
            dpo + " --lora.rank 4 --lora.target-modules q_proj,nowhere",
            "[nowhere]",
            "q_proj"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void saysWhatHappenedWhereAndWhatToDo(Mistake mistake) throws IOException {
    CommandRun run;
    String port;
    long begun = System.nanoTime();
    long worked = THREADS.getCurrentThreadCpuTime();
    try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      port = String.valueOf(taken.getLocalPort());
      run = CommandRun.expecting(mistake.code(), words(mistake, port));
    }
    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - worked)).isLessThan(MOST_WORK);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LONGEST);
    shown.put(mistake.name(), shown(mistake, run, port));
    assertThat(run.errors())
        .contains(mistake.said().toArray(String[]::new))
        .doesNotContain("\tat ", "a fault of", "Exception");
    assertThat(directory.resolve("out/log")).doesNotExist();
  }

  private String[] words(Mistake mistake, String port) {
    List<String> words = new ArrayList<>();
    for (String word : mistake.words()) {
      words.add(
          switch (word) {
            case "@S" -> STARTER;
            case "@R" -> REWARD;
            default ->
                word.replace("@PORT", port)
                    .replaceFirst("^@", directory + "/")
                    .replace("word_", "word ");
          });
    }
    return words.toArray(String[]::new);
  }

  /** As the page has it: without what differs from machine to machine. */
  private String shown(Mistake mistake, CommandRun run, String port) {
    String command = String.join(" ", mistake.words());
    String text =
        String.format(
            Locale.ROOT,
            "$ rlhf %s\n%s%s(exit code %d)",
            command.replace("@S", STARTER).replace("@R", REWARD).replace("@", ""),
            run.output(),
            run.errors(),
            mistake.code());
    return "**%s**\n\n```\n%s\n```\n"
        .formatted(
            mistake.name(),
            text.replace(directory + "/", "")
                .replace("../models", "models")
                .replace(port, "PORT")
                .replaceAll("(word_){20,}", "… 2,000 words …")
                .replaceAll("this machine has [0-9.,]+ GB", "this machine has 24.0 GB")
                .replaceAll("(?m)^(process +).*", "$1…")
                .replaceAll("needs [0-9.,]+ GB of", "needs 7,500.0 GB of")
                .replaceAll("has no \\S+/models--", "has no ~/.cache/huggingface/hub/models--"));
  }

  /** With {@code -Drlhf.write-pages=true} the page is written in place of being compared. */
  @AfterAll
  void thePageShowsWhatIsSaid() throws IOException {
    if (Boolean.getBoolean("rlhf.write-pages")) {
      String page = Files.readString(PAGE);
      int begin = page.indexOf(BEGIN) + BEGIN.length();
      Files.writeString(
          PAGE, page.substring(0, begin) + "\n\n" + String.join("\n", shown.values()));
    }
    assertThat(Files.readString(PAGE)).contains(shown.values().toArray(String[]::new));
  }
}
