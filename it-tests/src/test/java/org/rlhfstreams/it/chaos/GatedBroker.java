package org.rlhfstreams.it.chaos;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlhfstreams.embedded.EmbeddedBroker;
import org.rlhfstreams.embedded.EmbeddedRegistry;

/**
 * A broker and a registry in a process of their own. The broker has a listener for each gate, which
 * names the gate to those that come through it.
 */
final class GatedBroker {
  private GatedBroker() {}

  /**
   * Serves until it is killed.
   *
   * @param arguments data directory, ports of controller, open listener and registry, then {@code
   *     PORT:GATE} for each gate
   */
  @SuppressWarnings("resource") // until the process is killed
  public static void main(String[] arguments) throws InterruptedException {
    String open = "127.0.0.1:" + arguments[2];
    List<String[]> gates =
        Arrays.stream(arguments).skip(4).map(gate -> gate.split(":", 2)).toList();
    Map<String, String> settings = new HashMap<>();
    String controller = "CONTROLLER://127.0.0.1:" + arguments[1];
    settings.put("listeners", controller + listeners(open, gates, 0));
    settings.put("advertised.listeners", listeners(open, gates, 1).substring(1));
    settings.put(
        "listener.security.protocol.map",
        Stream.concat(Stream.of("CONTROLLER", "PLAINTEXT"), names(gates))
            .map(name -> name + ":PLAINTEXT")
            .collect(Collectors.joining(",")));
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("num.network.threads", "1"); // of each listener
    EmbeddedBroker.start(
        Path.of(arguments[0]), open, Integer.parseInt(arguments[1]), settings, List.of());
    EmbeddedRegistry.start(open, Integer.parseInt(arguments[3]));
    System.out.println("started");
    Thread.currentThread().join();
  }

  private static Stream<String> names(List<String[]> gates) {
    return IntStream.range(0, gates.size()).mapToObj(gate -> "GATE" + gate);
  }

  private static String listeners(String open, List<String[]> gates, int side) {
    return ",PLAINTEXT://"
        + open
        + IntStream.range(0, gates.size())
            .mapToObj(gate -> ",GATE" + gate + "://127.0.0.1:" + gates.get(gate)[side])
            .collect(Collectors.joining());
  }
}
