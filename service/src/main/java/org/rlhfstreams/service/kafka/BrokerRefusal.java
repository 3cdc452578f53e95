package org.rlhfstreams.service.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.rlhfstreams.schemas.RegistryErrors;
import org.rlhfstreams.schemas.RootCause;

/**
 * The rule that what the broker refuses is not tried again: neither wrong credentials nor missing
 * rights mend themselves. Says what was refused, to whom, and what allows it. The registry's
 * refusals come as errors of the same types, and are told apart.
 */
public final class BrokerRefusal {
  private final KafkaConnection connection;

  public BrokerRefusal(KafkaConnection connection) {
    this.connection = connection;
  }

  /** The refusal in a chain of causes, if there is one. */
  public Optional<ConnectionException> in(Throwable error) {
    boolean ofRegistry = RegistryErrors.areIn(error);
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      boolean refusal =
          cause instanceof AuthenticationException || cause instanceof AuthorizationException;
      if (refusal && ofRegistry) {
        return Optional.of(new ConnectionException(ofRegistry(cause), error));
      }
      if (cause instanceof SslAuthenticationException) {
        return Optional.of(new ConnectionException(untrusted(cause), error));
      }
      if (cause instanceof AuthenticationException) {
        return Optional.of(new ConnectionException(unknown(cause), error));
      }
      if (cause instanceof AuthorizationException refused) {
        return Optional.of(new ConnectionException(forbidden(refused), error));
      }
    }
    return Optional.empty();
  }

  /**
   * Ends with the refusal in a chain of causes; returns where there is none.
   *
   * @throws ConnectionException the refusal
   */
  public void endIn(Throwable error) {
    Optional<ConnectionException> refusal = in(error);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  private String ofRegistry(Throwable cause) {
    return ("the schema registry at %s refuses this client: %s; check the user and the password in"
            + " schema-registry.basic.auth.user.info, and what that user may do there")
        .formatted(
            connection.configuration().connection().schemaRegistryUrl(), RootCause.message(cause));
  }

  private String untrusted(Throwable cause) {
    return ("no TLS with the Kafka broker at %s: %s; kafka.ssl.truststore.location must have the"
            + " broker's certificate or its authority's, and kafka.ssl.keystore.location a certificate"
            + " that the broker trusts, where it asks for one")
        .formatted(address(), RootCause.message(cause));
  }

  private String unknown(Throwable cause) {
    return ("the Kafka broker at %s does not let %s in: %s; check kafka.sasl.mechanism and the user"
            + " and the password in kafka.sasl.jaas.config")
        .formatted(address(), principal(), RootCause.message(cause));
  }

  private String forbidden(AuthorizationException refused) {
    List<String> resources = new ArrayList<>();
    if (refused instanceof TopicAuthorizationException topics) {
      topics.unauthorizedTopics().forEach(topic -> resources.add("--topic '" + topic + "'"));
    } else if (refused instanceof GroupAuthorizationException group && group.groupId() != null) {
      resources.add("--group '" + group.groupId() + "'");
    } else if (refused instanceof TransactionalIdAuthorizationException) {
      resources.add("--transactional-id ID");
    }
    return ("the Kafka broker at %s refuses %s: %s; if it is right to, this is the wrong principal;"
            + " else kafka-acls.sh --bootstrap-server %s --add --allow-principal '%s' --operation"
            + " OPERATION %s, or as rlhf topics acls has it")
        .formatted(
            address(),
            principal(),
            RootCause.message(refused),
            address(),
            principal(),
            resources.isEmpty() ? "--cluster" : String.join(" ", resources));
  }

  private String principal() {
    return ClientPrincipal.of(connection.clientSettings());
  }

  private String address() {
    return address(connection.clientSettings());
  }

  static String address(Map<String, Object> clientSettings) {
    return String.valueOf(clientSettings.get("bootstrap.servers"));
  }
}
