package org.rlhfstreams.service.access;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What a role may do with a resource of the broker, or with all whose names begin so.
 *
 * @param resource topic, group or transactional id, with its whole name or the beginning of it
 * @param operations in the broker's words
 */
public record AccessRule(ResourcePattern resource, Set<AclOperation> operations) {
  private static final String ANY_HOST = "*";

  /** Sorts the operations. */
  public AccessRule {
    operations = Collections.unmodifiableSet(new TreeSet<>(operations));
  }

  /** Whether it is about all resources whose names begin so. */
  public boolean isPrefixed() {
    return resource.patternType() == PatternType.PREFIXED;
  }

  /** As the broker keeps it, one for each operation. */
  public List<AclBinding> bindings(String principal) {
    return operations.stream()
        .map(
            operation ->
                new AclBinding(
                    resource,
                    new AccessControlEntry(
                        principal, ANY_HOST, operation, AclPermissionType.ALLOW)))
        .toList();
  }

  /**
   * The command that allows it.
   *
   * @param client arguments that name the broker
   */
  public String command(String client, String principal) {
    String flag =
        switch (resource.resourceType()) {
          case TOPIC -> "--topic";
          case GROUP -> "--group";
          case TRANSACTIONAL_ID -> "--transactional-id";
          default -> throw new IllegalStateException("no rule is about a " + resource);
        };
    return "kafka-acls.sh %s --add --allow-principal '%s' %s %s '%s'%s"
        .formatted(
            client,
            principal,
            operations.stream()
                .map(operation -> "--operation " + written(operation))
                .collect(Collectors.joining(" ")),
            flag,
            resource.name(),
            isPrefixed() ? " --resource-pattern-type prefixed" : "");
  }

  /** As people read it: {@code topic rlhf.rollouts}, {@code groups rlhf.learner-*}. */
  public String described() {
    String kind =
        resource.resourceType() == ResourceType.TRANSACTIONAL_ID
            ? "transactional id"
            : resource.resourceType().name().toLowerCase(Locale.ROOT);
    return isPrefixed() ? kind + "s " + resource.name() + "*" : kind + " " + resource.name();
  }

  /** An operation as kafka-acls.sh has it: {@code DescribeConfigs}. */
  public static String written(AclOperation operation) {
    StringBuilder written = new StringBuilder();
    for (String word : operation.name().split("_", -1)) {
      written.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return written.toString();
  }
}
