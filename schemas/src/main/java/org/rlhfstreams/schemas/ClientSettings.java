package org.rlhfstreams.schemas;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/** Settings that pass through to Kafka's clients, read as those read them. */
public final class ClientSettings {
  private ClientSettings() {}

  /**
   * Puts in what {@code config.providers} have for references such as {@code
   * ${directory:/run/secrets:password}}.
   *
   * @throws KafkaException where a provider cannot be made
   */
  public static Map<String, Object> resolved(Map<String, ?> settings) {
    return new AbstractConfig(new ConfigDef(), settings, false).originals();
  }

  /**
   * Key store and trust store of resolved settings, {@code ssl.} and what follows.
   *
   * @throws KafkaException where a store cannot be read
   */
  public static DefaultSslEngineFactory tls(Map<String, ?> resolved) {
    ConfigDef definition = new ConfigDef();
    SslConfigs.addClientSslSupport(definition);
    DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
    factory.configure(new HashMap<>(definition.parse(resolved)));
    return factory;
  }
}
