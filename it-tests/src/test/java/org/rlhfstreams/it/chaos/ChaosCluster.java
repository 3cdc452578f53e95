package org.rlhfstreams.it.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.it.Log;
import org.rlhfstreams.it.Repository;
import org.rlhfstreams.it.RlhfProcess;

/** Broker and registry behind gates: one for each role, and one for the registry of them all. */
final class ChaosCluster implements AutoCloseable {
  private static final Duration LONGEST_COMMAND = Duration.ofMinutes(4);

  private final Path directory;
  private final Consumer<String> echo;
  private final Map<String, Gate> gates = new LinkedHashMap<>();
  private final Gate registryGate;
  private final int port;
  private final int registryPort;
  private final List<String> brokerArguments = new ArrayList<>();
  private RlhfProcess broker;

  /**
   * Starts them.
   *
   * @param echo takes what the processes say
   * @param roles names of those that have a gate
   */
  ChaosCluster(Path directory, Consumer<String> echo, List<String> roles) throws IOException {
    this.directory = directory;
    this.echo = echo;
    int[] ports = freePorts(3 + roles.size());
    this.port = ports[1];
    this.registryPort = ports[2];
    this.registryGate = new Gate(registryPort);
    brokerArguments.add(directory.resolve("log").toString());
    Arrays.stream(ports).limit(3).forEach(free -> brokerArguments.add(String.valueOf(free)));
    for (int i = 0; i < roles.size(); i++) {
      Gate gate = new Gate(ports[3 + i]);
      gates.put(roles.get(i), gate);
      brokerArguments.add(ports[3 + i] + ":" + gate.port());
    }
    startBroker();
  }

  static int[] freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  private void startBroker() {
    broker = RlhfProcess.startMain(directory, GatedBroker.class, echo, brokerArguments);
    broker.awaitLine("^started");
  }

  /** Kills broker and registry; they start again with what is on the disk. */
  void restartBroker() {
    broker.kill();
    startBroker();
  }

  /** The network of a role. */
  Gate gate(String role) {
    return gates.get(role);
  }

  /** The network between all roles and the registry. */
  Gate registryGate() {
    return registryGate;
  }

  /**
   * Starts a role behind its gate.
   *
   * @param options of its Java
   */
  RlhfProcess start(
      String role, Map<String, String> environment, List<String> options, List<String> arguments) {
    return start(gates.get(role).port(), registryGate.port(), environment, options, arguments);
  }

  /** Runs a command that nothing comes between, to its end; what it said. */
  RlhfProcess run(String... arguments) {
    return run(LONGEST_COMMAND, arguments);
  }

  /** The same, for a command that may take another time. */
  RlhfProcess run(Duration longest, String... arguments) {
    try (RlhfProcess command =
        start(port, registryPort, Map.of(), List.of("-Xmx512m"), List.of(arguments))) {
      command.awaitExit(longest);
      return command;
    }
  }

  private RlhfProcess start(
      int brokerPort,
      int registry,
      Map<String, String> environment,
      List<String> options,
      List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(
        List.of(
            "--bootstrap-servers",
            "127.0.0.1:" + brokerPort,
            "--schema-registry-url",
            "http://127.0.0.1:" + registry,
            "--model.policy",
            Repository.starter().toString(),
            "--model.reward",
            Repository.starterReward().toString()));
    return RlhfProcess.start(directory, environment, options, echo, all.toArray(String[]::new));
  }

  /** Address that nothing comes between. */
  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** The log of the run whose topics have a prefix, with nothing between. */
  Log log(String prefix) {
    return new Log(bootstrapServers(), "http://127.0.0.1:" + registryPort, prefix);
  }

  /** The versions of the policy that the run's learner sends from now on. */
  SentWeights sentWeights(String prefix) {
    Log log = log(prefix);
    return new SentWeights(
        bootstrapServers(), log.topics().policyWeights().name(), log.decoder(WeightRecord.class));
  }

  @Override
  public void close() throws IOException {
    broker.close();
    registryGate.close();
    for (Gate gate : gates.values()) {
      gate.close();
    }
  }
}
