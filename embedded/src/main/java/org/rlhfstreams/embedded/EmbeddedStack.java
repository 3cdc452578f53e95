package org.rlhfstreams.embedded;

import java.nio.file.Path;

/** Broker and registry together, over one data directory. */
public final class EmbeddedStack implements AutoCloseable {
  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;

  private EmbeddedStack(EmbeddedBroker broker, EmbeddedRegistry registry) {
    this.broker = broker;
    this.registry = registry;
  }

  /**
   * Starts both.
   *
   * @param data continued where it exists
   * @param brokerPort 0 takes a free one
   * @param registryPort 0 takes a free one
   * @throws EmbeddedException saying what is in the way
   */
  public static EmbeddedStack start(Path data, int brokerPort, int registryPort) {
    LogDirectory.requireUnused(data);
    if (registryPort != 0) { // known before the broker, which takes seconds
      Ports.requireFree(registryPort, "schema registry", "--registry-port");
    }
    EmbeddedBroker broker = EmbeddedBroker.start(data, brokerPort);
    try {
      return new EmbeddedStack(
          broker, EmbeddedRegistry.start(broker.bootstrapServers(), registryPort));
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  /** Address of the broker. */
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** Base URL of the registry. */
  public String schemaRegistryUrl() {
    return registry.url();
  }

  @Override
  public void close() {
    registry.close();
    broker.close();
  }
}
