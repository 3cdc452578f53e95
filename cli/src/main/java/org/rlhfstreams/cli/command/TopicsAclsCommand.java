package org.rlhfstreams.cli.command;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.access.AccessRule;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.access.RoleAccess;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who may do what on the broker, as the commands that allow it. */
@Command(
    name = "acls",
    mixinStandardHelpOptions = true,
    description = "Prints the kafka-acls.sh commands that let each role do its work and no more.")
public final class TopicsAclsCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "Of these roles alone: ${COMPLETION-CANDIDATES}.")
  private List<Role> roles = List.of(Role.values());

  @Option(
      names = "--principal",
      paramLabel = "ROLE=PRINCIPAL",
      description = "Who a role is on the broker; User:ROLE where not given.")
  private Map<Role, String> principals = new EnumMap<>(Role.class);

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "The administrator's client settings, for kafka-acls.sh.")
  private String commandConfig;

  @Option(
      names = "--apply",
      description = "Allow it now, with this configuration's own credentials, and print nothing.")
  private boolean apply;

  @Override
  public Integer call() {
    RlhfConfiguration configuration = options.load();
    if (apply) {
      apply(configuration);
    } else {
      print(configuration);
    }
    return 0;
  }

  private void print(RlhfConfiguration configuration) {
    String client =
        "--bootstrap-server "
            + configuration.connection().bootstrapServers()
            + (commandConfig == null ? "" : " --command-config " + commandConfig);
    Topics topics = new KafkaConnection(configuration).topics();
    for (Role role : roles) {
      System.out.println("# " + role.text());
      for (AccessRule rule : RoleAccess.of(role, topics)) {
        System.out.println(rule.command(client, principal(role)));
      }
    }
  }

  private void apply(RlhfConfiguration configuration) {
    KafkaConnection connection = new KafkaConnection(configuration);
    new BrokerWait(connection, System.out::println).awaitBroker();
    try (Admin admin = connection.admin()) {
      for (Role role : roles) {
        admin
            .createAcls(
                RoleAccess.of(role, connection.topics()).stream()
                    .flatMap(rule -> rule.bindings(principal(role)).stream())
                    .toList())
            .all()
            .get();
        System.out.printf("%s may do the work of the role %s%n", principal(role), role.text());
      }
    } catch (ExecutionException e) {
      throw new CommandException(
          e.getCause() instanceof AuthorizationException
              ? "the broker lets this client make no rules: use the credentials of one of its"
                  + " super.users"
              : "the broker takes no rules: " + RootCause.message(e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", e);
    }
  }

  private String principal(Role role) {
    return principals.getOrDefault(role, "User:" + role.text());
  }
}
