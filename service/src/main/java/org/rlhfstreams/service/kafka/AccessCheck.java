package org.rlhfstreams.service.kafka;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.ResourceType;
import org.rlhfstreams.service.access.AccessRule;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.access.RoleAccess;

/** Asks the broker at start whether a role may do all that it will have to. */
public final class AccessCheck {
  private final KafkaConnection connection;
  private final Admin admin;

  /**
   * @param admin used, not closed
   */
  public AccessCheck(KafkaConnection connection, Admin admin) {
    this.connection = connection;
    this.admin = admin;
  }

  /** Whether this client may make any topic; true where the broker keeps no such rules. */
  public boolean mayCreateTopics() {
    Set<AclOperation> allowed =
        await(
            admin
                .describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                .authorizedOperations());
    return allowed == null || allowed.contains(AclOperation.CREATE);
  }

  /**
   * Checks a role's rules against what the broker allows this client.
   *
   * @throws ConnectionException with a line for each that it lacks: who may not do what, and the
   *     command that allows it
   */
  public void require(Role role) {
    List<AccessRule> missing = new ArrayList<>();
    List<AccessRule> rules = RoleAccess.of(role, connection.topics());
    Map<String, KafkaFuture<TopicDescription>> topics =
        admin
            .describeTopics(
                rules.stream().filter(AccessCheck::isTopic).map(r -> r.resource().name()).toList(),
                new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    for (AccessRule rule : rules) {
      switch (rule.resource().resourceType()) {
        case TOPIC -> {
          if (isTopic(rule)) {
            lacking(rule, topics.get(rule.resource().name())).ifPresent(missing::add);
          }
        }
        case GROUP -> {
          if (isRefused(
              admin
                  .describeConsumerGroups(List.of(sample(rule)))
                  .describedGroups()
                  .get(sample(rule)))) {
            missing.add(rule);
          }
        }
        case TRANSACTIONAL_ID -> {
          if (isRefused(
              admin.describeTransactions(List.of(sample(rule))).description(sample(rule)))) {
            missing.add(rule);
          }
        }
        default -> throw new IllegalStateException("no rule is about " + rule.resource());
      }
    }
    if (!missing.isEmpty()) {
      throw new ConnectionException(described(role, missing));
    }
  }

  private static boolean isTopic(AccessRule rule) {
    return rule.resource().resourceType() == ResourceType.TOPIC && !rule.isPrefixed();
  }

  /** A name that a rule is about; no group and no transaction has it where the rule is for many. */
  private static String sample(AccessRule rule) {
    return rule.resource().name() + (rule.isPrefixed() ? "access-check" : "");
  }

  /** What of a rule the broker does not allow; a topic that does not exist yet is no matter. */
  private Optional<AccessRule> lacking(AccessRule rule, KafkaFuture<TopicDescription> topic) {
    try {
      Set<AclOperation> allowed = topic.get().authorizedOperations();
      if (allowed == null || allowed.containsAll(rule.operations())) {
        return Optional.empty();
      }
      Set<AclOperation> rest = EnumSet.copyOf(rule.operations());
      rest.removeAll(allowed);
      return Optional.of(new AccessRule(rule.resource(), rest));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return Optional.of(rule);
      }
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw failed(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private boolean isRefused(KafkaFuture<?> description) {
    try {
      description.get();
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return true;
      }
      if (e.getCause() instanceof GroupIdNotFoundException
          || e.getCause() instanceof TransactionalIdNotFoundException) {
        return false;
      }
      throw failed(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private ConnectionException failed(ExecutionException e) {
    new BrokerRefusal(connection).endIn(e);
    return new ConnectionException(
        "the Kafka broker at %s does not say what this client may do: %s; look at its log"
            .formatted(
                BrokerRefusal.address(connection.clientSettings()), e.getCause().getMessage()),
        e);
  }

  private static KafkaException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new KafkaException("interrupted", e);
  }

  private String described(Role role, List<AccessRule> missing) {
    String principal = ClientPrincipal.of(connection.clientSettings());
    String client = "--bootstrap-server " + BrokerRefusal.address(connection.clientSettings());
    List<String> lines = new ArrayList<>();
    for (AccessRule rule : missing) {
      lines.add(
          "%s may not %s %s, as the role %s must: %s"
              .formatted(
                  principal,
                  String.join(", ", rule.operations().stream().map(AccessRule::written).toList()),
                  rule.described(),
                  role.text(),
                  rule.command(client, principal)));
    }
    return String.join("\n", lines);
  }
}
