package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A broker and a registry of a test's own, and commands against them. */
final class CommandCluster implements AutoCloseable {
  private final EmbeddedStack stack;
  private final KafkaConnection connection;

  private CommandCluster(EmbeddedStack stack) {
    this.stack = stack;
    this.connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", stack.bootstrapServers(),
                    "connection.schema-registry-url", stack.schemaRegistryUrl())));
  }

  static CommandCluster start(Path data) {
    return new CommandCluster(EmbeddedStack.start(data, 0, 0));
  }

  KafkaConnection connection() {
    return connection;
  }

  /** Runs a command that is to end with an exit code. */
  CommandRun expecting(int code, String... arguments) {
    return typing("", code, arguments);
  }

  /** Runs a command while somebody types. */
  CommandRun typing(String input, int code, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--bootstrap-servers", stack.bootstrapServers()));
    all.addAll(List.of("--schema-registry-url", stack.schemaRegistryUrl()));
    return CommandRun.typing(input, code, all.toArray(String[]::new));
  }

  @Override
  public void close() {
    stack.close();
  }
}
