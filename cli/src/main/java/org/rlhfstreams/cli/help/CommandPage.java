package org.rlhfstreams.cli.help;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.rlhfstreams.service.configuration.ConfigurationKey;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The Markdown pages of {@code docs/cli}: one a command, a list of them, and all keys. */
public final class CommandPage {
  private static final String INDEX = "README.md";
  private static final String KEYS = "keys.md";

  private CommandPage() {}

  /** File name to text, for a root command and all below it. */
  public static Map<String, String> all(CommandLine root) {
    Map<String, String> pages = new TreeMap<>();
    List<CommandSpec> commands = GroupedHelp.all(root);
    commands.stream().skip(1).forEach(command -> pages.put(file(command), of(command)));
    pages.put(INDEX, index(commands));
    pages.put(KEYS, keys());
    return pages;
  }

  private static String file(CommandSpec command) {
    return command.qualifiedName("-").replaceFirst("^rlhf-", "") + ".md";
  }

  private static String of(CommandSpec command) {
    StringBuilder page = new StringBuilder("# " + command.qualifiedName() + "\n\n");
    page.append(description(command)).append("\n\n```\n");
    page.append(GroupedHelp.synopsis(command)).append("\n```\n");
    List<CommandSpec> below =
        command.subcommands().values().stream().map(CommandLine::getCommandSpec).toList();
    if (!below.isEmpty()) {
      page.append('\n').append(table("command", below));
    }
    if (!command.positionalParameters().isEmpty()) {
      page.append("\n| argument | meaning |\n|---|---|\n");
      for (PositionalParamSpec parameter : command.positionalParameters()) {
        page.append("| `").append(parameter.paramLabel()).append("` | ");
        page.append(cell(OptionHelp.description(parameter))).append(" |\n");
      }
    }
    OptionHelp.of(command)
        .forEach(
            (group, options) -> {
              page.append("\n## ").append(group.heading());
              page.append("\n\n| option | default | meaning |\n|---|---|---|\n");
              options.forEach(option -> page.append(row(option)));
            });
    return page.append("\n[All commands](" + INDEX + ") · [all keys](" + KEYS + ")\n").toString();
  }

  private static String row(OptionHelp option) {
    String names =
        option.names().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    String value = option.value().isEmpty() ? "" : " `" + option.value() + "`";
    String usual =
        option.required()
            ? "required"
            : option.usual().map(text -> text.equals("not set") ? text : code(text)).orElse("–");
    return "| "
        + names
        + value.replace("|", "\\|")
        + " | "
        + usual
        + " | "
        + cell(option.description())
        + " |\n";
  }

  private static String index(List<CommandSpec> commands) {
    return """
        # Commands

        What `rlhf COMMAND --help` shows, a page each. They are written from the commands themselves, and
        a test compares them; after a change this writes them again:

        ```
        mvn -q test -pl cli -am -Dtest=CommandPagesTest -Drlhf.write-pages=true \\
          -Dsurefire.failIfNoSpecifiedTests=false
        ```

        Options that set the configuration are in [one list](keys.md) too. How file, environment and
        options come together is in [configuration](../configuration.md), which option of TRL is which in
        [from TRL](trl.md).

        In a shell, `source <(./rlhf completion bash)` completes commands, options and their values; for
        zsh it is `./rlhf completion zsh`.

        """
        + table("command", commands.subList(1, commands.size()));
  }

  private static String keys() {
    StringBuilder page =
        new StringBuilder(
            """
            # Keys of the configuration

            In `rlhf.yaml` below their section, in the environment as `RLHF_LEARNER_BATCH_SIZE`, as
            options with two dashes before them. Commands that have other defaults show them on their
            [pages](README.md).
            """);
    String section = "";
    for (ConfigurationKey key : ConfigurationLoader.described()) {
      String own = key.key().substring(0, key.key().indexOf('.'));
      if (!own.equals(section)) {
        page.append("\n## ").append(own);
        page.append("\n\n| key | default | range | meaning |\n|---|---|---|---|\n");
        section = own;
      }
      page.append("| `").append(key.key()).append("` | ");
      page.append(key.usual().isEmpty() ? "not set" : code(key.usual())).append(" | ");
      page.append(
          key.values().isEmpty() ? cell(key.range()) : cell(String.join(", ", key.values())));
      page.append(" | ").append(cell(key.description())).append(" |\n");
    }
    return page.toString();
  }

  private static String table(String heading, List<CommandSpec> commands) {
    StringBuilder table = new StringBuilder("| " + heading + " | what it does |\n|---|---|\n");
    for (CommandSpec command : commands) {
      table.append("| [`").append(command.qualifiedName()).append("`](").append(file(command));
      table.append(") | ").append(cell(description(command))).append(" |\n");
    }
    return table.toString();
  }

  private static String description(CommandSpec command) {
    return String.join(" ", command.usageMessage().description());
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
