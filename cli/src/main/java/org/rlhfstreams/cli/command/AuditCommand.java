package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.Account;
import org.rlhfstreams.service.lineage.Account.Stage;
import org.rlhfstreams.service.lineage.Audit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The account of a run, by the log. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description =
        "Whether every admitted request has exactly one scored rollout; 1 where one is lost or"
            + " doubled.")
public final class AuditCommand implements Callable<Integer> {
  private static final int SHOWN = 5;

  @Mixin private ConfigurationOptions options;

  @Override
  public Integer call() throws Exception {
    KafkaConnection connection = new KafkaConnection(options.load());
    new BrokerWait(connection, System.out::println).await();
    Account account = new Audit(connection).account();
    line("requests", account.requests(), "");
    line("responses", account.count(Stage.ADMITTED), "that they ask for");
    line("sampled", account.count(Stage.SAMPLED), "");
    line("scored", account.count(Stage.SCORED), "");
    line("learned", account.count(Stage.LEARNED), "");
    line("dead", account.dead(), "given up, with a dead letter that says why");
    line("under way", account.underWay(), "wait for a worker or for their score");
    line("doubled", account.doubled().size(), examples(account.doubled()));
    line("lost", account.lost().size(), examples(account.lost()));
    if (account.unasked() > 0) {
      line("unasked", account.unasked(), "in the log without a request; on no account");
    }
    System.out.println(
        account.balances()
            ? "balances: one scored rollout for each response that is not dead or under way"
            : "does not balance");
    return account.balances() ? 0 : 1;
  }

  private static void line(String name, long count, String remark) {
    System.out.printf(Locale.ROOT, "%-10s %,10d  %s%n", name, count, remark);
  }

  private static String examples(List<String> rolloutIds) {
    return String.join(", ", rolloutIds.subList(0, Math.min(SHOWN, rolloutIds.size())));
  }
}
