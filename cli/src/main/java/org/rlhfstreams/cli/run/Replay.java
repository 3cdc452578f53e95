package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * One learner over a range of a cluster's log, to its end. Its weights are a new generation, its
 * names and checkpoints are its own: the run that made the log does not notice.
 */
public final class Replay {
  private static final int INTERRUPTED = 130;

  private final ConfigurationOptions options;
  private final TerminalOptions shown;
  private final Overrides settings;
  private final RunDirectory directory;

  /**
   * @param overrides configuration that follows from the command
   */
  public Replay(
      ConfigurationOptions options, TerminalOptions shown, Overrides overrides, Path output) {
    this.options = options;
    this.shown = shown;
    this.directory = new RunDirectory(output);
    this.settings = overrides.decide(directory.ofLearner());
  }

  /** Learns and saves the model; the exit code. */
  public int run() {
    RlhfConfiguration configuration = options.load(settings);
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    try (RunTerminal terminal = shown.open(directory.path())) {
      return run(configuration, terminal);
    }
  }

  private int run(RlhfConfiguration configuration, RunTerminal terminal) {
    directory.requireUsable();
    LearnerRun.require(configuration);
    try (Interruption interruption = new Interruption()) {
      KafkaConnection connection =
          Cluster.connect(configuration, Role.LEARNER, System.out::println);
      terminal.introduce(configuration);
      try (LearnerRun run = LearnerRun.replay(connection, terminal.progress(configuration))) {
        if (!run.run(interruption)) {
          System.out.println("stopped after a checkpoint; the same command continues");
          return INTERRUPTED;
        }
        run.export(directory.model(), TensorType.F32);
      }
    }
    System.out.println("saved " + directory.model());
    directory.report();
    return 0;
  }
}
