package org.rlhfstreams.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.doctor.Diagnosis;
import org.rlhfstreams.cli.doctor.Examination;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What this machine and its cluster lack, and the command or setting that mends it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks this machine, the settings and, if one is named, the cluster: a line each, and for each"
          + " problem the command or setting that mends it. Exits with 1 if there is a problem."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final int PROBLEMS = 1;
  private static final String BROKER = "--bootstrap-servers";

  @Spec private CommandSpec spec;
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.DOCTOR);

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Says whether learner, rollout worker and scorers of this model fit.")
  private Path model;

  @Option(
      names = "--output",
      defaultValue = "rlhf-data",
      paramLabel = "DIR",
      description = "Where a run would be written.")
  private Path output;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    Overrides settings = Overrides.NONE.suggest("connection.start-timeout", "5s");
    if (model != null) {
      // A reward model of the same size stands for one that is not named.
      settings = settings.suggest("model.reward", model).decide("model.policy", model);
    }
    RlhfConfiguration configuration = options.load(settings);
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    List<Diagnosis> diagnoses =
        new Examination(configuration, output, isClusterNamed(configuration), System.err::println)
            .diagnoses();
    long problems = count(diagnoses, Diagnosis.State.PROBLEM);
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("problems", problems);
      all.put("checks", diagnoses.stream().map(Diagnosis::named).toList());
      System.out.println(
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all));
    } else {
      diagnoses.forEach(diagnosis -> System.out.println(diagnosis.line()));
      System.out.printf(
          "%n%s, %s%n",
          counted(problems, "problem"), counted(count(diagnoses, Diagnosis.State.NOTE), "note"));
    }
    return problems == 0 ? 0 : PROBLEMS;
  }

  /** By the flag, or by a file or the environment that name another than the default. */
  private boolean isClusterNamed(RlhfConfiguration configuration) {
    String usual = RlhfConfiguration.of(Map.of()).connection().bootstrapServers();
    return spec.commandLine().getParseResult().hasMatchedOption(BROKER)
        || !configuration.connection().bootstrapServers().equals(usual);
  }

  private static long count(List<Diagnosis> diagnoses, Diagnosis.State state) {
    return diagnoses.stream().filter(diagnosis -> diagnosis.state() == state).count();
  }

  private static String counted(long count, String what) {
    return (count == 0 ? "no" : String.valueOf(count)) + " " + what + (count == 1 ? "" : "s");
  }
}
