package org.rlhfstreams.cli.help;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.service.configuration.ConfigurationKey;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option as help and pages show it.
 *
 * @param names all of them, the short ones first
 * @param value what stands behind the name, such as {@code =N}; empty if nothing does
 * @param description what it does
 * @param required whether the command cannot do without
 * @param usual the default; empty if it says nothing, such as for an option without a value
 */
public record OptionHelp(
    List<String> names,
    String value,
    String description,
    boolean required,
    Optional<String> usual) {
  private static final String NOT_SET = "not set";

  public OptionHelp {
    names = List.copyOf(names);
  }

  /**
   * The options that a command shows, by group, those that it requires first; groups without any
   * are left out.
   */
  public static Map<OptionGroup, List<OptionHelp>> of(CommandSpec command) {
    Map<OptionGroup, List<OptionHelp>> groups = new EnumMap<>(OptionGroup.class);
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        groups
            .computeIfAbsent(OptionGroup.of(option), group -> new ArrayList<>())
            .add(of(option, command));
      }
    }
    groups.values().forEach(all -> all.sort(Comparator.comparing(option -> !option.required())));
    return groups;
  }

  private static OptionHelp of(OptionSpec option, CommandSpec command) {
    return new OptionHelp(
        List.of(option.names()),
        value(option),
        description(option),
        option.required() && option.group() == null,
        usual(option, command));
  }

  /** What an option or argument does, in one line. */
  static String description(ArgSpec argument) {
    return String.join(" ", argument.description()).replace("%n", " ").replace("%%", "%").strip();
  }

  private static String value(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    if (option.arity().min() == 0) {
      return "[=" + option.paramLabel() + "]";
    }
    return "=" + option.paramLabel() + (option.arity().max() > 1 ? "..." : "");
  }

  private static Optional<String> usual(OptionSpec option, CommandSpec command) {
    Optional<ConfigurationKey> key =
        ConfigurationLoader.described().stream()
            .filter(known -> Arrays.asList(option.names()).contains("--" + known.key()))
            .findFirst();
    if (key.isPresent()) {
      return Optional.of(
          ConfigurationOptions.of(command)
              .flatMap(options -> options.usual(key.get()))
              .map(OptionHelp::relative)
              .orElse(NOT_SET));
    }
    if (option.arity().max() == 0 || option.required()) {
      return Optional.empty();
    }
    return option.defaultValue() == null
        ? Optional.ofNullable(option.initialValue()).flatMap(OptionHelp::text)
        : Optional.of(option.defaultValue());
  }

  private static Optional<String> text(Object value) {
    boolean says =
        !(value instanceof Optional<?> || value instanceof Map<?, ?>)
            && !(value instanceof Collection<?>);
    return says ? Optional.of(value.toString()) : Optional.empty();
  }

  private static String relative(String value) {
    return value.startsWith("./") ? value.substring(2) : value;
  }

  /** Names and value, such as {@code --batch-size, --learner.batch-size=N}. */
  public String title() {
    return String.join(", ", names) + value;
  }
}
