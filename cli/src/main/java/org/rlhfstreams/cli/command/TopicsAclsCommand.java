package org.rlhfstreams.cli.command;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.access.AccessRule;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.access.RoleAccess;
import org.rlhfstreams.service.configuration.RewardConfiguration;
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
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.ACLS);

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "Of these roles alone: ${COMPLETION-CANDIDATES}.")
  private List<Role> roles = List.of();

  @Option(
      names = "--scorer",
      paramLabel = "NAME",
      description =
          "Of the external scorers under rewards these alone, so that each may have a principal of"
              + " its own.")
  private List<String> scorers = List.of();

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
    List<String> external = external(configuration);
    List<Role> wanted = roles.isEmpty() ? List.of(Role.values()) : roles;
    if (external.isEmpty()) {
      wanted = wanted.stream().filter(role -> role != Role.EXTERNAL_SCORER).toList();
    }
    if (apply) {
      apply(configuration, wanted, external);
    } else {
      print(configuration, wanted, external);
    }
    return 0;
  }

  /** Names of the external scorers that are meant; each has a group to be allowed. */
  private List<String> external(RlhfConfiguration configuration) {
    List<String> there =
        configuration.effectiveRewards().all().stream()
            .filter(reward -> reward.scorer().equals(RewardConfiguration.EXTERNAL))
            .map(RewardConfiguration::name)
            .toList();
    if (there.isEmpty() && (roles.contains(Role.EXTERNAL_SCORER) || !scorers.isEmpty())) {
      throw new CommandException(
          "rewards have no external scorer, and the names of their groups are there: give the run's"
              + " rlhf.yaml with --config");
    }
    for (String scorer : scorers) {
      if (!there.contains(scorer)) {
        throw new CommandException(
            "--scorer: there is no external scorer %s under rewards; there are %s"
                .formatted(scorer, String.join(", ", there)));
      }
    }
    return scorers.isEmpty() ? there : scorers;
  }

  private void print(RlhfConfiguration configuration, List<Role> wanted, List<String> external) {
    String client =
        "--bootstrap-server "
            + configuration.connection().bootstrapServers()
            + (commandConfig == null ? "" : " --command-config " + commandConfig);
    Topics topics = new KafkaConnection(configuration).topics();
    for (Role role : wanted) {
      System.out.println("# " + role.text());
      for (AccessRule rule : RoleAccess.of(role, topics, external)) {
        System.out.println(rule.command(client, principal(role)));
      }
    }
  }

  private void apply(RlhfConfiguration configuration, List<Role> wanted, List<String> external) {
    KafkaConnection connection = new KafkaConnection(configuration);
    new BrokerWait(connection, System.out::println).awaitBroker();
    try (Admin admin = connection.admin()) {
      for (Role role : wanted) {
        admin
            .createAcls(
                RoleAccess.of(role, connection.topics(), external).stream()
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
