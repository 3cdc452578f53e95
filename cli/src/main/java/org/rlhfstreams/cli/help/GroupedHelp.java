package org.rlhfstreams.cli.help;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlhfstreams.cli.terminal.TerminalWindow;
import org.rlhfstreams.cli.terminal.TextBlock;
import picocli.CommandLine;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Help with options in groups, each with its default. */
public final class GroupedHelp {
  private static final String INDENT = "      ";
  private static final int NARROWEST = 55; // of picocli

  private GroupedHelp() {}

  /** Gives a command and all below it this help. */
  public static void install(CommandLine line) {
    Map<String, IHelpSectionRenderer> sections = new HashMap<>(line.getHelpSectionMap());
    sections.put(
        UsageMessageSpec.SECTION_KEY_SYNOPSIS,
        help -> "Usage: " + synopsis(help.commandSpec()) + System.lineSeparator());
    sections.put(UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING, help -> "");
    sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> options(help.commandSpec()));
    sections.put(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING, help -> "");
    sections.put(
        UsageMessageSpec.SECTION_KEY_PARAMETER_LIST, help -> arguments(help.commandSpec()));
    sections.put(
        UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
        help -> help.subcommands().isEmpty() ? "" : String.format("%nCommands:%n"));
    line.setHelpSectionMap(sections);
    line.setUsageHelpWidth(Math.max(NARROWEST, TerminalWindow.columns()));
  }

  /** A command's words, what it cannot do without, and what else it takes. */
  static String synopsis(CommandSpec command) {
    StringBuilder text = new StringBuilder(command.qualifiedName());
    Set<ArgSpec> grouped = new LinkedHashSet<>();
    for (ArgGroupSpec group : command.argGroups()) {
      text.append(' ').append(group.synopsis());
      grouped.addAll(group.allOptionsNested());
      grouped.addAll(group.allPositionalParametersNested());
    }
    for (OptionSpec option : command.options()) {
      if (option.required() && !grouped.contains(option)) {
        text.append(' ').append(option.longestName()).append('=').append(option.paramLabel());
      }
    }
    text.append(" [OPTIONS]");
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      if (!grouped.contains(parameter)) {
        String label = label(parameter);
        text.append(parameter.arity().min() == 0 ? " [" + label + "]" : " " + label);
      }
    }
    return text.append(command.subcommands().isEmpty() ? "" : " COMMAND").toString();
  }

  private static String arguments(CommandSpec command) {
    StringBuilder text = new StringBuilder();
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      text.append(text.length() == 0 ? "\nArguments:\n" : "");
      text.append("  ").append(label(parameter)).append('\n');
      text.append(TextBlock.of(INDENT, OptionHelp.description(parameter)));
    }
    return text.toString();
  }

  private static String label(PositionalParamSpec parameter) {
    return parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
  }

  private static String options(CommandSpec command) {
    StringBuilder text = new StringBuilder();
    OptionHelp.of(command)
        .forEach(
            (group, options) -> {
              text.append('\n').append(group.heading()).append(":\n");
              options.forEach(option -> append(option, text));
            });
    return text.toString();
  }

  private static void append(OptionHelp option, StringBuilder text) {
    text.append("  ").append(option.title()).append('\n');
    String remark =
        option.required()
            ? " (required)"
            : option.usual().map(usual -> " (default: " + usual + ")").orElse("");
    text.append(TextBlock.of(INDENT, option.description() + remark));
  }

  /** All commands, each before those below it. */
  public static List<CommandSpec> all(CommandLine root) {
    List<CommandSpec> all = new ArrayList<>();
    collect(root, all);
    return all;
  }

  private static void collect(CommandLine command, List<CommandSpec> all) {
    all.add(command.getCommandSpec());
    command.getSubcommands().values().forEach(below -> collect(below, all));
  }
}
