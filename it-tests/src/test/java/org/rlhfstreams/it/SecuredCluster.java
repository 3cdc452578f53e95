package org.rlhfstreams.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.rlhfstreams.embedded.EmbeddedBroker;
import org.rlhfstreams.embedded.EmbeddedRegistry;
import org.rlhfstreams.service.access.Role;

/**
 * A real broker that lets in whom it knows and allows what it was told: SASL_SSL with
 * SCRAM-SHA-512, and mutual TLS, also between its own parts; and a registry behind TLS and a
 * password. Nobody is anonymous.
 */
final class SecuredCluster implements AutoCloseable {
  private static final String MECHANISM = "SCRAM-SHA-512";
  private static final String REGISTRY_USER = "roles";

  private final Path directory;
  private final String password;
  private final int[] ports;
  private final KeyStores keys;
  private final Path brokerKeys;
  private final Path trusted;
  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;
  private final RegistryGate gate;

  /**
   * @param password of everybody and everything, so that it can be looked for
   */
  SecuredCluster(Path directory, String password) throws Exception {
    this.directory = directory;
    this.password = password;
    this.ports = freePorts();
    this.keys = new KeyStores(directory, password);
    this.brokerKeys = keys.make("broker");
    keys.make("annotator");
    this.trusted = directory.resolve("broker.pem");
    keys.trust(trusted, "broker");
    Path clients = directory.resolve("clients.pem");
    keys.trust(clients, "broker");
    keys.trust(clients, "annotator");
    KeyStores.signing(directory.resolve("signing-key.pem"), trustedKeys());
    Files.writeString(directory.resolve("password"), password);
    List<String> users = new ArrayList<>();
    for (String user : users()) {
      users.add(MECHANISM + "=[name=%s,password=%s]".formatted(user, password));
    }
    this.broker =
        EmbeddedBroker.start(
            directory.resolve("log"), scram(), ports[2], brokerSettings(clients), users);
    this.registry = EmbeddedRegistry.start(new HashMap<>(registryClient()), 0);
    this.gate =
        new RegistryGate(registry.url(), REGISTRY_USER + ":" + password, brokerKeys, password);
  }

  private static List<String> users() {
    List<String> users = new ArrayList<>(List.of("admin"));
    for (Role role : Role.values()) {
      users.add(role.text());
    }
    return users;
  }

  private static int[] freePorts() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    int[] ports = sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private Map<String, String> brokerSettings(Path clients) {
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "listeners",
        String.format(
            Locale.ROOT,
            "SASL_SSL://%s,SSL://%s,CONTROLLER://127.0.0.1:%d",
            scram(),
            mutual(),
            ports[2]));
    settings.put("advertised.listeners", "SASL_SSL://%s,SSL://%s".formatted(scram(), mutual()));
    settings.put("listener.security.protocol.map", "SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SSL");
    settings.put("inter.broker.listener.name", "SSL");
    settings.put("listener.name.ssl.ssl.client.auth", "required");
    settings.put("listener.name.controller.ssl.client.auth", "required");
    settings.put("sasl.enabled.mechanisms", MECHANISM);
    settings.put(
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    settings.put("ssl.keystore.location", brokerKeys.toString());
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.password", password);
    settings.put("ssl.truststore.location", clients.toString());
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:broker;User:admin");
    return settings;
  }

  /** Address of the listener with passwords. */
  String scram() {
    return "127.0.0.1:" + ports[0];
  }

  /** Address of the listener with certificates. */
  String mutual() {
    return "127.0.0.1:" + ports[1];
  }

  private Path trustedKeys() {
    return directory.resolve("trusted-keys.pem");
  }

  private Map<String, String> registryClient() {
    Map<String, String> client = certificate("broker");
    client.put("bootstrap.servers", mutual());
    return client;
  }

  private Map<String, String> certificate(String name) {
    Map<String, String> client = new TreeMap<>();
    client.put("security.protocol", "SSL");
    client.put("ssl.truststore.type", "PEM");
    client.put("ssl.truststore.location", trusted.toString());
    client.put("ssl.keystore.type", "PKCS12");
    client.put("ssl.keystore.location", directory.resolve(name + ".p12").toString());
    client.put("ssl.keystore.password", password);
    return client;
  }

  /** What a role is configured with; its password stands in a file of its own. */
  Map<String, String> settings(Role role) {
    Map<String, String> settings = common(scram());
    settings.put("kafka.security.protocol", "SASL_SSL");
    settings.put("kafka.ssl.truststore.type", "PEM");
    settings.put("kafka.ssl.truststore.location", trusted.toString());
    settings.put("kafka.sasl.mechanism", MECHANISM);
    settings.put("kafka.sasl.jaas.config", user(role.text(), "${directory:%s:password}"));
    reference("kafka", settings);
    settings.put("weights.trusted-keys-file", trustedKeys().toString());
    if (role == Role.LEARNER) {
      settings.put("weights.signing-key-file", directory.resolve("signing-key.pem").toString());
    }
    return settings;
  }

  /** What is configured for somebody with a certificate. */
  Map<String, String> certified(String name) {
    Map<String, String> settings = common(mutual());
    certificate(name).forEach((key, value) -> settings.put("kafka." + key, value));
    return settings;
  }

  /** The user who may do everything. */
  Map<String, String> administrator() {
    Map<String, String> settings = settings(Role.SETUP);
    settings.put("kafka.sasl.jaas.config", user("admin", "${directory:%s:password}"));
    return settings;
  }

  /**
   * JAAS of a user.
   *
   * @param passwordOrPlace the password, or a reference with %s for the directory
   */
  String user(String name, String passwordOrPlace) {
    return ("org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\""
            + " password=\"%s\";")
        .formatted(name, passwordOrPlace.formatted(directory));
  }

  private Map<String, String> common(String bootstrapServers) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("connection.bootstrap-servers", bootstrapServers);
    settings.put("connection.schema-registry-url", gate.url());
    settings.put(
        "schema-registry.basic.auth.user.info",
        REGISTRY_USER + ":${directory:" + directory + ":password}");
    settings.put("schema-registry.schema.registry.ssl.truststore.type", "PEM");
    settings.put("schema-registry.schema.registry.ssl.truststore.location", trusted.toString());
    reference("schema-registry", settings);
    return settings;
  }

  private static void reference(String section, Map<String, String> settings) {
    settings.put(section + ".config.providers", "directory");
    settings.put(
        section + ".config.providers.directory.class",
        "org.apache.kafka.common.config.provider.DirectoryConfigProvider");
  }

  /** Writes settings to a file that only its owner can read. */
  Path file(String name, Map<String, String> settings) throws IOException {
    Path file = directory.resolve(name + ".yaml");
    Map<String, List<String>> sections = new TreeMap<>();
    settings.forEach(
        (key, value) ->
            sections
                .computeIfAbsent(key.substring(0, key.indexOf('.')), section -> new ArrayList<>())
                .add("  %s: '%s'".formatted(key.substring(key.indexOf('.') + 1), value)));
    Files.writeString(
        file,
        sections.entrySet().stream()
            .map(section -> section.getKey() + ":\n" + String.join("\n", section.getValue()))
            .collect(Collectors.joining("\n")));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Override
  public void close() throws TimeoutException {
    gate.close();
    registry.close();
    broker.close();
  }
}
