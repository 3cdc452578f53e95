package org.rlhfstreams.cli.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.rlhfstreams.cli.options.PrecisionOptions;
import org.rlhfstreams.cli.run.ModelServing;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.worker.ModelServer;
import org.rlhfstreams.worker.ModelServerSettings;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A model directory behind the OpenAI-compatible endpoint. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Serves a model over HTTP as OpenAI's clients expect it: /v1/chat/completions,"
            + " /v1/completions and /v1/models. Needs no broker. Ctrl-C ends it.")
public final class ModelServeCommand implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("[\\w.-]+(/[\\w.-]+)*");
  private static final int LARGEST_PORT = 65_535;

  @Spec private CommandSpec spec;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Served served;

  static final class Served {
    @Parameters(
        index = "0",
        paramLabel = "DIR",
        description = "Hugging Face directory of a language model, or the id of one in the cache.")
    private Path directory;

    @Option(names = "--model", paramLabel = "DIR", description = "The same.")
    private Path model;

    Path path() {
      return directory == null ? model : directory;
    }
  }

  @Mixin private PrecisionOptions precision;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "NAME",
      description = "Where it computes: cpu, cuda:N, or auto, a GPU if there is one.")
  private String device;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      paramLabel = "ADDRESS",
      description = "Address to listen on. Callers are not asked who they are.")
  private String host;

  @Option(
      names = {"--port", "--http-port"},
      defaultValue = "8000",
      paramLabel = "N",
      description = "Port to listen on; 0 takes a free one.")
  private int port;

  @Option(
      names = {"--slots", "--completion-slots"},
      defaultValue = "8",
      paramLabel = "N",
      description = "Completions written side by side.")
  private int slots;

  @Option(
      names = {"--queue", "--completion-queue"},
      defaultValue = "64",
      paramLabel = "N",
      description = "Completions that may wait; more are refused until some are finished.")
  private int queue;

  @Option(
      names = "--served-model-name",
      paramLabel = "NAME",
      description = "Name in requests and answers. Without it: the directory's, or the id.")
  private String name;

  @Option(
      names = "--force",
      description = "Go on if the model will need more memory than the machine has.")
  private boolean force;

  @Override
  public Integer call() throws Exception {
    requireUsable();
    ModelDirectory model = ModelDirectory.open(served.path());
    ComputeType type = precision.precision().of(model);
    ModelServerSettings settings =
        new ModelServerSettings(
            servedName(), host, port, "--port", slots, "--slots", queue, "--queue", device, force);
    ModelServer.require(model, type, settings);
    return new ModelServing(served.path(), model, type, settings).run();
  }

  private void requireUsable() {
    if (port < 0 || port > LARGEST_PORT) {
      throw misused("--port = " + port + ": expected 0 to 65535");
    }
    if (slots < 1) {
      throw misused("--slots = " + slots + ": expected 1 or more");
    }
    if (queue < 0) {
      throw misused("--queue = " + queue + ": expected 0 or more");
    }
    if (name != null && !NAME.matcher(name).matches()) {
      throw misused(
          "--served-model-name = "
              + name
              + ": letters, digits, dots, dashes and slashes make a name");
    }
  }

  private ParameterException misused(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  /** A model of the cache has its id, not the name of the snapshot's directory. */
  private String servedName() {
    if (name != null) {
      return name;
    }
    Path path = served.path();
    String own =
        Files.isDirectory(path)
            ? path.toAbsolutePath().normalize().getFileName().toString()
            : path.toString();
    if (!NAME.matcher(own).matches()) {
      throw misused(
          own + " cannot be a model's name in a request: give one with --served-model-name");
    }
    return own;
  }
}
