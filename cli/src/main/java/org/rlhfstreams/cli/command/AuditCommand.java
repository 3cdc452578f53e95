package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.Account;
import org.rlhfstreams.service.lineage.Account.Stage;
import org.rlhfstreams.service.lineage.Audit;
import org.rlhfstreams.service.lineage.AuditFigures;
import org.rlhfstreams.service.lineage.AuditSettings;
import org.rlhfstreams.service.lineage.Problem;
import org.rlhfstreams.service.lineage.RunAccount;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The account of a run, by the log. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description =
        "Proves from the log that everything counts exactly once: each admitted response is"
            + " sampled, scored and learned from once or has a dead letter that says why not, and"
            + " each step is there once and has its weights. Exit code 1 if not; what is wrong is"
            + " named with its topic-partition@offset.")
public final class AuditCommand implements Callable<Integer> {
  private static final int MOST_SHOWN = 1000;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.LOG);

  @Option(
      names = "--shown",
      paramLabel = "NUMBER",
      defaultValue = "5",
      description =
          "How much is shown of each sort of problem, 0 to 1000; the first 20 with their ids.")
  private int shown;

  @Option(
      names = "--temporary-directory",
      paramLabel = "DIRECTORY",
      description =
          "Of the audit's temporary file, about 130 bytes a rollout of a large log; by default the"
              + " system's.")
  private Path temporary;

  @Option(
      names = "--no-weights",
      description =
          "Does not read the versions of the policy that are kept: quicker with large models, but"
              + " steps without weights are not found.")
  private boolean withoutWeights;

  @Override
  public Integer call() throws Exception {
    if (shown < 0 || shown > MOST_SHOWN) {
      throw new CommandException(
          String.format(Locale.ROOT, "--shown %d: give a number from 0 to %,d", shown, MOST_SHOWN));
    }
    KafkaConnection connection = new KafkaConnection(options.load());
    new BrokerWait(connection, System.out::println).await();
    AuditSettings usual = AuditSettings.usual();
    Audit audit =
        new Audit(
            connection,
            new AuditSettings(
                temporary == null ? usual.directory() : temporary,
                usual.threads(),
                !withoutWeights));
    Account account = audit.account();
    audit
        .cutTopics()
        .forEach(
            topic ->
                System.out.println(
                    topic + " no longer has its first records: what they said is not audited"));
    responses(account);
    account.runs().forEach(AuditCommand::run);
    preferences(account);
    for (Problem problem : Problem.values()) {
      line(problem.text(), account.count(problem), "");
      account.told(problem, shown).forEach(text -> System.out.println("  " + text));
    }
    System.out.println(took(audit.figures(), account));
    System.out.println(
        account.balances()
            ? "balances: everything has counted exactly once, is on its way, or has a dead letter"
            : "does not balance");
    return account.balances() ? 0 : 1;
  }

  private static void responses(Account account) {
    line("requests", account.requests(), "");
    line("responses", account.count(Stage.ADMITTED), "that they ask for");
    line("sampled", account.count(Stage.SAMPLED), "");
    line("scored", account.count(Stage.SCORED), "");
    line("scores", account.scores(), scorers(account));
    line("learned", account.count(Stage.LEARNED), "");
    line("dead", account.dead(), "given up, with a dead letter that says why" + reasons(account));
    if (account.setAside() > 0) {
      line(
          "set aside",
          account.setAside(),
          "of those: all of their group earned the same; others were admitted in their place");
    }
    line(
        "under way",
        account.waitingForWorkers() + account.waitingForScoring() + account.waitingForLearners(),
        String.format(
            Locale.ROOT,
            "wait: %,d for a worker, %,d for their score, %,d for a step",
            account.waitingForWorkers(),
            account.waitingForScoring(),
            account.waitingForLearners()));
    if (account.repeatedLetters() > 0) {
      line("repeated", account.repeatedLetters(), "dead letters about the same; each counts once");
    }
    if (account.repeatedScores() > 0) {
      line(
          "repeated", account.repeatedScores(), "scores that were there already; each counts once");
    }
    if (account.rescored() > 0) {
      line(
          "rescored",
          account.rescored(),
          "scores that rollouts of the past were given by rlhf rescore; on no account");
    }
    if (account.unreadableLetters() > 0) {
      line("unreadable", account.unreadableLetters(), "dead letters that do not say of what");
    }
    if (account.evaluations() > 0) {
      line(
          "evaluations",
          account.evaluations(),
          "responses to held-out prompts, which nobody learns from; on no account");
    }
    if (account.unasked() > 0) {
      line("unasked", account.unasked(), "in the log without a request; on no account");
    }
  }

  private static String scorers(Account account) {
    return account.scoredBy().isEmpty()
        ? ""
        : "of responses by "
            + account.scoredBy().entrySet().stream()
                .map(one -> String.format(Locale.ROOT, "%s %,d", one.getKey(), one.getValue()))
                .collect(Collectors.joining(", "));
  }

  private static String reasons(Account account) {
    return account.deadByReason().isEmpty()
        ? ""
        : account.deadByReason().entrySet().stream()
            .map(reason -> String.format(Locale.ROOT, "%s %,d", reason.getKey(), reason.getValue()))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static void run(RunAccount run) {
    line(
        "steps",
        run.steps(),
        String.format(
            Locale.ROOT,
            "%s: %s; %,d examples%s",
            run.runId(),
            generations(run.generations()),
            run.examples(),
            run.skipped() == 0
                ? ""
                : String.format(Locale.ROOT, "; %,d steps changed nothing", run.skipped())));
  }

  private static String generations(List<RunAccount.Generation> generations) {
    int newest = generations.size() - 1;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= newest; i++) {
      RunAccount.Generation generation = generations.get(i);
      text.append(
          String.format(
              Locale.ROOT,
              "%s%d.%d to %d.%d%s",
              i == 0 ? "" : ", ",
              generation.number(),
              generation.first(),
              generation.number(),
              generation.last(),
              i < newest ? " (rolled back)" : ""));
    }
    return text.toString();
  }

  private static void preferences(Account account) {
    if (account.preferences() > 0) {
      line(
          "preferences",
          account.preferences(),
          String.format(
              Locale.ROOT,
              "%,d learned, %,d held out, %,d taken back, %,d refused",
              account.preferencesLearned(),
              account.preferencesHeldOut(),
              account.preferencesWithdrawn(),
              account.preferencesRefused()));
    }
    if (account.comparisonsJudged() > 0) {
      line(
          "judged",
          account.comparisonsJudged(),
          String.format(
              Locale.ROOT, "comparisons; %,d are preferences", account.comparisonsAnswered()));
    }
  }

  private static String took(AuditFigures figures, Account account) {
    double seconds = figures.readSeconds() + figures.countSeconds();
    return String.format(
        Locale.ROOT,
        "read %,d records, %,.1f MB, in %.1f s and counted in %.1f s: %,.0f responses/s",
        figures.records(),
        figures.bytes() / 1e6,
        figures.readSeconds(),
        figures.countSeconds(),
        account.count(Stage.ADMITTED) / seconds);
  }

  private static void line(String name, long count, String remark) {
    System.out.println(
        String.format(Locale.ROOT, "%-12s %,10d  %s", name, count, remark).stripTrailing());
  }
}
