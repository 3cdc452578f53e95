package org.rlhfstreams.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/** The embedded broker and registry in a process of their own, and roles beside them. */
final class Cluster implements AutoCloseable {
  private final Path directory;
  private final Map<String, String> environment;
  private final List<RlhfProcess> processes = new ArrayList<>();
  private final String bootstrapServers;
  private final String schemaRegistryUrl;
  private RlhfProcess broker;

  Cluster(Path directory) {
    this(directory, Map.of());
  }

  /**
   * @param environment variables of every role's
   */
  Cluster(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = Map.copyOf(environment);
    this.broker = startBroker("0", "0");
    Matcher address = broker.awaitLine("started at (\\S+), registry at (\\S+)");
    this.bootstrapServers = address.group(1);
    this.schemaRegistryUrl = address.group(2);
  }

  private RlhfProcess startBroker(String port, String registryPort) {
    return remember(
        RlhfProcess.start(
            directory,
            "broker",
            "--data-directory",
            directory.resolve("log").toString(),
            "--port",
            port,
            "--registry-port",
            registryPort));
  }

  private RlhfProcess remember(RlhfProcess process) {
    processes.add(process);
    return process;
  }

  /** Kills broker and registry and starts them again on the same ports. */
  void restartBroker() {
    broker.kill();
    broker = startBroker(portOf(bootstrapServers), portOf(schemaRegistryUrl));
    broker.awaitLine("started at");
  }

  private static String portOf(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  /** Starts a role, or any command, against this cluster, with the starter models. */
  RlhfProcess start(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(
        List.of(
            "--bootstrap-servers",
            bootstrapServers,
            "--schema-registry-url",
            schemaRegistryUrl,
            "--model.policy",
            Repository.starter().toString(),
            "--model.reward",
            Repository.starterReward().toString()));
    return remember(RlhfProcess.start(directory, environment, all.toArray(String[]::new)));
  }

  /** Starts the program of docs/rewards.md that scores under a name. */
  RlhfProcess startExternalScorer(ExternalScorer programs, String name) {
    return remember(programs.start(name, bootstrapServers, schemaRegistryUrl));
  }

  Log log() {
    return new Log(bootstrapServers, schemaRegistryUrl);
  }

  /** The log of a run whose topics have a prefix. */
  Log log(String prefix) {
    return new Log(bootstrapServers, schemaRegistryUrl, prefix);
  }

  @Override
  public void close() {
    for (int i = processes.size() - 1; i >= 0; i--) {
      processes.get(i).close();
    }
  }
}
