package org.rlhfstreams.cli.command;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.people.sync.AnnotationSync;
import org.rlhfstreams.people.sync.LabelStudioClient;
import org.rlhfstreams.people.sync.PeopleClient;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Catches up with an annotation tool. */
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    description =
        "Reads the annotations of Label Studio projects by its API and gives the role people those"
            + " that its webhook did not bring. What it has brought counts once.")
public final class PeopleSyncCommand implements Callable<Integer> {
  private static final String TOOL_TOKEN = "LABEL_STUDIO_API_KEY";
  private static final String PEOPLE_TOKEN = "RLHF_PEOPLE_TOKEN";
  private static final int SHOWN_PROBLEMS = 5;

  @Option(
      names = "--label-studio",
      required = true,
      paramLabel = "URL",
      description = "Address of Label Studio, such as http://127.0.0.1:8081.")
  private URI labelStudio;

  @Option(
      names = "--project",
      required = true,
      arity = "1..*",
      paramLabel = "N",
      description = "Number of a project, as its address has it.")
  private List<Integer> projects;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with a token of Label Studio, a personal access token or a legacy token; without"
              + " it the environment variable "
              + TOOL_TOKEN
              + ".")
  private Optional<Path> tokenFile;

  @Option(
      names = "--people",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "Address of the role people.")
  private URI people;

  @Option(
      names = "--people-token-file",
      paramLabel = "FILE",
      description =
          "File with the token that Label Studio's webhook sends; without it the environment"
              + " variable "
              + PEOPLE_TOKEN
              + ", and none if the role asks for none.")
  private Optional<Path> peopleTokenFile;

  @Option(
      names = "--application",
      paramLabel = "NAME",
      description = "With an admin's token: the name of the webhook's token.")
  private Optional<String> application;

  @Override
  public Integer call() {
    String token =
        secret(tokenFile, TOOL_TOKEN)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Label Studio's token is missing: name a file that has it with"
                            + " --token-file, or set the environment variable "
                            + TOOL_TOKEN));
    AnnotationSync sync =
        new AnnotationSync(
            new LabelStudioClient(address("--label-studio", labelStudio), token),
            new PeopleClient(
                address("--people", people), secret(peopleTokenFile, PEOPLE_TOKEN), application));
    boolean whole = true;
    for (int project : projects) {
      AnnotationSync.Outcome outcome = sync.run(project);
      System.out.printf(
          Locale.ROOT,
          "project %d: %,d annotations of %,d tasks; %,d added, %,d known already, %,d deleted in"
              + " Label Studio%n",
          project,
          outcome.annotations(),
          outcome.tasks(),
          outcome.added(),
          outcome.known(),
          outcome.deleted());
      tell(outcome.problems());
      whole &= outcome.problems().isEmpty();
    }
    return whole ? 0 : 1;
  }

  private static void tell(List<String> problems) {
    problems.stream().limit(SHOWN_PROBLEMS).forEach(problem -> System.err.println("  " + problem));
    if (problems.size() > SHOWN_PROBLEMS) {
      System.err.printf(Locale.ROOT, "  and %,d more%n", problems.size() - SHOWN_PROBLEMS);
    }
    if (!problems.isEmpty()) {
      System.err.printf(
          Locale.ROOT,
          "%,d were left out: change them in Label Studio and repeat the command%n",
          problems.size());
    }
  }

  private static URI address(String option, URI uri) {
    if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
      throw new ConfigurationException(
          option + " = " + uri + ": expected an address such as http://127.0.0.1:8080");
    }
    return uri;
  }

  private static Optional<String> secret(Optional<Path> file, String variable) {
    if (file.isEmpty()) {
      return Optional.ofNullable(System.getenv(variable)).map(String::strip);
    }
    try {
      String token = Files.readString(file.get()).strip();
      if (token.isEmpty()) {
        throw new ConfigurationException(file.get() + " is empty: put the token into it");
      }
      return Optional.of(token);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the token cannot be read from " + file.get() + ": " + e.getMessage());
    }
  }
}
