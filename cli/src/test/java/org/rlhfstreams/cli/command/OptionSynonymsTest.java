package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.cli.options.OptionSynonyms;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Who writes TRL's or vLLM's option reads what it is called here. */
final class OptionSynonymsTest {
  private static final Path PAGE = Path.of("..", "docs", "training.md");
  private static final String BEGIN = "<!-- written by OptionSynonymsTest -->";

  private static Map<String, CommandSpec> commands() {
    Map<String, CommandSpec> all = new LinkedHashMap<>();
    collect(RlhfCommand.commandLine(), all);
    return all;
  }

  private static void collect(CommandLine command, Map<String, CommandSpec> all) {
    all.put(command.getCommandSpec().qualifiedName(), command.getCommandSpec());
    command.getSubcommands().values().forEach(sub -> collect(sub, all));
  }

  @Test
  void whatIsSuggestedIsAnOptionOfTheCommand() {
    Set<String> used = new HashSet<>();
    commands()
        .forEach(
            (name, command) -> {
              for (String theirs : OptionSynonyms.names()) {
                Optional<String> ours = OptionSynonyms.ours("--" + theirs, command);
                if (ours.isPresent()) {
                  assertThat(command.findOption(ours.get()))
                      .as("%s %s, for --%s", name, ours.get(), theirs)
                      .isNotNull();
                  used.add(theirs);
                } else if (OptionSynonyms.advice("--" + theirs, command).isPresent()) {
                  used.add(theirs);
                }
              }
            });
    assertThat(used).containsExactlyInAnyOrderElementsOf(OptionSynonyms.names());
  }

  /** Of TRL's and transformers' arguments, those that most scripts set, and vLLM's. */
  @ParameterizedTest
  @CsvSource({
    "train dpo, --per-device-train-batch-size, --batch-size",
    "train dpo, --per_device_train_batch_size, --batch-size",
    "train dpo, --learning_rate, --learning-rate",
    "train sft, --num-train-epochs, --epochs",
    "train sft, --lora-r, --lora-rank",
    "train sft, --max-seq-length, --max-length",
    "train grpo, --num-generations, --samples",
    "train grpo, --max-completion-length, --max-new-tokens",
    "train grpo, --epsilon, --critic-free.clip",
    "train grpo, --num-iterations, --critic-free.epochs",
    "train ppo, --num-ppo-epochs, --ppo.epochs",
    "train ppo, --cliprange, --ppo.clip",
    "train ppo, --kl-coef, --beta",
    "train ppo, --clip-high, --critic-free.clip-high",
    "learner, --max-model-len, --max-length",
    "rollout-worker, --max-num-seqs, --rollout-worker.batch-size",
    "rollout-worker, --torch_dtype, --dtype",
    "train dpo, --gradient_accumulation_steps, --gradient-accumulation-steps",
    "generate, --max-completion-length, --max-new-tokens",
  })
  void theirNameLeadsToOurs(String command, String theirs, String ours) {
    assertThat(OptionSynonyms.advice(theirs + "=4", commands().get("rlhf " + command)))
        .contains("unknown option " + theirs + ": here it is " + ours);
  }

  /** With {@code -Drlhf.write-pages=true} the table is written in place of being compared. */
  @Test
  void thePageHasThemAll() throws IOException {
    Map<String, CommandSpec> commands = commands();
    StringBuilder table = new StringBuilder("\n| there | here |\n|---|---|\n");
    for (String theirs : OptionSynonyms.names()) {
      String ours =
          commands.values().stream()
              .map(command -> OptionSynonyms.ours("--" + theirs, command))
              .flatMap(Optional::stream)
              .filter(option -> !option.equals("--" + theirs))
              .distinct()
              .map(option -> "`" + option + "`")
              .collect(Collectors.joining(", "));
      table
          .append("| `--")
          .append(theirs)
          .append("` | ")
          .append(
              ours.isEmpty()
                  ? "none: " + OptionSynonyms.without(theirs).orElse("it has that name")
                  : ours)
          .append(" |\n");
    }
    String page = Files.readString(PAGE);
    if (Boolean.getBoolean("rlhf.write-pages")) {
      page = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + "\n" + table;
      Files.writeString(PAGE, page);
    }
    assertThat(page).endsWith(table);
  }

  @Test
  void itIsSaidWhetherOrNotSomethingElseIsMissing() {
    assertThat(CommandRun.expecting(2, "train", "grpo", "--num-generations", "4").errors())
        .contains("unknown option --num-generations: here it is --samples");
    String serve =
        CommandRun.expecting(2, "model", "serve", STARTER, "--tensor-parallel-size", "2").errors();
    assertThat(serve)
        .contains("unknown option --tensor-parallel-size: there is none here")
        .contains("more rollout workers", "rlhf model serve --help lists the options");
    assertThat(CommandRun.expecting(2, "model", "serve", STARTER, "--max-num-seqs", "2").errors())
        .contains("unknown option --max-num-seqs: here it is --slots");
  }

  @Test
  void aTypingErrorLeadsToTheOptionAndAnotherWordToNone() {
    assertThat(CommandRun.expecting(2, "status", "--topic-prefx", "1").errors())
        .contains("unknown option --topic-prefx: did you mean --topic-prefix?");
    assertThat(CommandRun.expecting(2, "train", "dpo", "--batch-sise=3").errors())
        .contains("--model=DIR", "unknown option --batch-sise: did you mean --batch-size?");
    assertThat(CommandRun.expecting(2, "status", "--connection.topic-prefx", "1").errors())
        .contains("unknown option --connection.topic-prefx; nearest: --connection.topic-prefix");
    assertThat(CommandRun.expecting(2, "status", "--xyzzy", "1").errors())
        .contains("--xyzzy", "rlhf status --help lists the options")
        .doesNotContain("did you mean");
  }
}
