package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.embedded.EmbeddedStack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The embedded broker and registry alone. */
@Command(
    name = "broker",
    mixinStandardHelpOptions = true,
    description = "A Kafka broker and a schema registry on loopback, for where there are none.")
public final class BrokerCommand implements Callable<Integer> {
  private static final long LOOK_NANOS = 100_000_000;

  @Option(
      names = "--data-directory",
      defaultValue = "rlhf-data",
      paramLabel = "DIR",
      description = "The log; continued where it exists.")
  private Path data;

  @Option(
      names = "--port",
      defaultValue = "9092",
      paramLabel = "N",
      description = "Port of the embedded broker; 0 picks a free one.")
  private int port;

  @Option(
      names = "--registry-port",
      defaultValue = "8081",
      paramLabel = "N",
      description = "Port of the embedded schema registry; 0 picks a free one.")
  private int registryPort;

  @Override
  public Integer call() {
    try (Interruption interruption = new Interruption()) {
      try (EmbeddedStack stack = EmbeddedStack.start(data, port, registryPort)) {
        System.out.printf(
            "broker: started at %s, registry at %s%n",
            stack.bootstrapServers(), stack.schemaRegistryUrl());
        while (!interruption.getAsBoolean()) {
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
      System.out.println("broker: closed");
    }
    return 130;
  }
}
