package org.rlhfstreams.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.http.FreePort;

/**
 * The ports that roles are told to serve on are free.
 *
 * @param ports to be checked
 */
public record PortCheck(List<Port> ports) implements Check {
  private static final String LOOPBACK = "127.0.0.1";

  /**
   * One port.
   *
   * @param setting that names it
   * @param host address to listen on
   * @param port 0 takes a free one
   * @param refusal why it cannot be taken, if it cannot
   * @param configured whether somebody chose it; the default of a command is easily replaced
   */
  public record Port(
      String setting, String host, int port, Optional<String> refusal, boolean configured) {
    static Port measure(String setting, String host, int port, boolean configured) {
      return new Port(setting, host, port, FreePort.refusal(host, port), configured);
    }
  }

  public PortCheck {
    ports = List.copyOf(ports);
  }

  /** Of a configuration's roles and the commands that bring servers of their own. */
  public static PortCheck measure(RlhfConfiguration configuration) {
    String host = configuration.operations().host();
    List<Port> ports = new ArrayList<>();
    ports.add(
        Port.measure(
            "rollout-worker.http-port", host, configuration.rolloutWorker().httpPort(), true));
    ports.add(
        Port.measure(
            "reward-service.http-port", host, configuration.rewardService().httpPort(), true));
    ports.add(
        Port.measure("controller.http-port", host, configuration.controller().httpPort(), true));
    ports.add(Port.measure("learner.http-port", host, configuration.learner().httpPort(), true));
    ports.add(
        Port.measure(
            "people.operations-port", host, configuration.people().operationsPort(), true));
    if (configuration.people().enabled()) {
      ports.add(
          Port.measure(
              "people.http-port",
              configuration.people().host(),
              configuration.people().httpPort(),
              true));
    }
    ports.add(Port.measure("rlhf up --port", LOOPBACK, 9092, false));
    ports.add(Port.measure("rlhf up --registry-port", LOOPBACK, 8081, false));
    ports.add(Port.measure("rlhf model serve --port", LOOPBACK, 8000, false));
    return new PortCheck(ports);
  }

  @Override
  public List<Diagnosis> diagnoses() {
    List<Diagnosis> diagnoses = new ArrayList<>();
    List<String> free = new ArrayList<>();
    for (Port port : ports) {
      if (port.refusal().isPresent()) {
        diagnoses.add(taken(port));
      } else if (port.port() != 0) {
        free.add(String.valueOf(port.port()));
      }
    }
    if (!free.isEmpty()) {
      diagnoses.add(0, Diagnosis.ok("ports", "free: " + String.join(", ", free)));
    }
    if (ports.stream().anyMatch(port -> port.port() == 0)) {
      diagnoses.add(Diagnosis.ok("ports", "roles without a port of their own take a free one"));
    }
    return diagnoses;
  }

  private static Diagnosis taken(Port port) {
    String fact =
        String.format(
            Locale.ROOT,
            "%d on %s cannot be taken (%s)",
            port.port(),
            port.host(),
            port.refusal().orElseThrow());
    String subject = "port";
    return port.configured()
        ? Diagnosis.problem(
            subject,
            fact,
            "unless the role runs already, set "
                + port.setting()
                + " to another, or to 0 for a free one")
        : Diagnosis.note(subject, fact, port.setting() + " N takes another, 0 a free one");
  }
}
