package org.rlhfstreams.cli.command;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.cli.help.GroupedHelp;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OptionSynonyms;
import org.rlhfstreams.common.EditDistance;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.common.FileProblem;
import org.rlhfstreams.schemas.RegistryErrors;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of all commands. */
@Command(
    name = "rlhf",
    mixinStandardHelpOptions = true,
    version = "rlhf-streams 0.1.0",
    description = "Aligns a language model on a stream of feedback, every event in Kafka.",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      BrokerCommand.class,
      RolloutWorkerCommand.class,
      RewardServiceCommand.class,
      ControllerCommand.class,
      LearnerCommand.class,
      PeopleCommand.class,
      TopicsCommand.class,
      PromptsCommand.class,
      PreferencesCommand.class,
      TrainCommand.class,
      ReplayCommand.class,
      ReportCommand.class,
      RescoreCommand.class,
      GenerateCommand.class,
      ChatCommand.class,
      LogprobsCommand.class,
      EvaluateCommand.class,
      ModelCommand.class,
      StatusCommand.class,
      AuditCommand.class,
      TraceCommand.class,
      DoctorCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    })
public final class RlhfCommand implements Runnable {
  private static final String PASSED_THROUGH = "--(kafka|schema-registry)\\..*";

  @Spec private CommandSpec spec;

  /** The command line, with its exit codes and messages. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new RlhfCommand());
    GroupedHelp.install(line);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOverwrittenOptionsAllowed(true);
    line.setParameterExceptionHandler(
        (exception, arguments) -> {
          misused(exception);
          return ExplainedException.MISUSED;
        });
    line.setExecutionExceptionHandler(
        (exception, command, parsed) -> fail(exception, command.getErr()));
    return line;
  }

  private static void misused(ParameterException exception) {
    PrintWriter err = exception.getCommandLine().getErr();
    Set<String> commands = exception.getCommandLine().getSubcommands().keySet();
    if (exception instanceof UnmatchedArgumentException unmatched
        && !commands.isEmpty()
        && !unmatched.getUnmatched().get(0).startsWith("-")) {
      err.println(
          UnknownCommand.message(exception.getCommandLine(), unmatched.getUnmatched().get(0)));
      return;
    }
    if (exception instanceof UnmatchedArgumentException unmatched
        && unmatched.getUnmatched().get(0).matches(PASSED_THROUGH)) {
      // What stands behind it may be a secret.
      err.println("--kafka.* and --schema-registry.* are no flags: write --set KEY=VALUE");
      return;
    }
    List<String> advice = advice(exception.getCommandLine());
    if (!(exception instanceof UnmatchedArgumentException) || advice.isEmpty()) {
      err.println(exception.getMessage());
    }
    advice.forEach(err::println);
    if (exception instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().get(0).startsWith("--")) {
      UnmatchedArgumentException.printSuggestions(exception, err);
    }
    if (!(exception instanceof UnmatchedArgumentException)
        && exception.getCommandLine().getCommand() instanceof Runnable) {
      exception.getCommandLine().usage(err); // it only groups commands, and none was named
      return;
    }
    err.println(
        exception.getCommandLine().getCommandSpec().qualifiedName() + " --help lists the options");
  }

  /** What to write in place of options that the command does not take; none if nothing is near. */
  private static List<String> advice(CommandLine command) {
    return command.getUnmatchedArguments().stream()
        .filter(word -> word.startsWith("--") && !word.matches(PASSED_THROUGH))
        .map(word -> word.replaceFirst("=.*", ""))
        .map(
            option ->
                OptionSynonyms.advice(option, command.getCommandSpec())
                    .or(() -> nearest(option, command.getCommandSpec())))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> nearest(String option, CommandSpec command) {
    if (option.contains(".") && ConfigurationOptions.of(command).isPresent()) {
      String key = ConfigurationLoader.nearest(option.substring(2));
      return Optional.of("unknown option " + option + "; nearest: --" + key);
    }
    List<String> meant =
        EditDistance.meant(
            option,
            command.options().stream()
                .filter(known -> !known.hidden())
                .flatMap(known -> Arrays.stream(known.names()))
                .toList());
    return meant.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "unknown option " + option + ": did you mean " + String.join(" or ", meant) + "?");
  }

  private static int fail(Exception exception, PrintWriter err) throws Exception {
    if (exception instanceof ParameterException) {
      err.println(exception.getMessage());
      return ExplainedException.MISUSED;
    }
    if (exception instanceof ExplainedException explained) {
      err.println(explained.getMessage());
      return explained.exitCode();
    }
    if (isRefusal(exception)) {
      err.println(
          "the %s refuses: %s"
              .formatted(
                  RegistryErrors.areIn(exception)
                      ? "schema registry"
                      : "Kafka broker (rlhf topics acls prints what each role needs)",
                  RootCause.message(exception)));
      return ExplainedException.FAILED;
    }
    Optional<ExplainedException> file = FileProblem.in(exception);
    if (file.isPresent()) {
      err.println(file.get().getMessage());
      return ExplainedException.FAILED;
    }
    err.println("this is a fault of rlhf-streams itself; please report it:");
    exception.printStackTrace(err);
    return ExplainedException.FAILED;
  }

  private static boolean isRefusal(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof AuthorizationException || cause instanceof AuthenticationException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command:");
  }
}
