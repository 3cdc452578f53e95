package org.rlhfstreams.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.JudgementTrace;
import org.rlhfstreams.service.lineage.RequestTrace;
import org.rlhfstreams.service.lineage.TraceEntry;
import org.rlhfstreams.service.lineage.TraceableIds;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The way of one request, or of one judgement, by the log. */
@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    description =
        "Follows a request from its prompt to the policy that learned from it, or a judgement to the"
            + " reward model and the policy that followed it.")
public final class TraceCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final int SHOWN = 5;

  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description =
          "Id of a request, such as prompt-7/0, of a rollout, judgement or preference, or how it"
              + " begins, if no other does; without one, the request of the newest step.")
  private String id;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.LOG);

  @Override
  public Integer call() throws Exception {
    KafkaConnection connection = new KafkaConnection(options.load());
    new BrokerWait(connection, System.out::println).await();
    String asked =
        id != null
            ? id
            : RequestTrace.newestLearned(connection)
                .orElseThrow(
                    () ->
                        new CommandException(
                            "no step has learned from a rollout yet: wait for one, or name a"
                                + " request; rlhf status says where the run stands"));
    if (!follow(connection, asked)) {
      follow(connection, only(connection, asked));
    }
    return 0;
  }

  /** Whether there is something to follow. */
  private static boolean follow(KafkaConnection connection, String id)
      throws ExecutionException, InterruptedException {
    RequestTrace trace = new RequestTrace(connection, id);
    List<TraceEntry> entries = trace.read();
    if (!entries.isEmpty()) {
      System.out.printf(
          "request %s%s%n", id, trace.traceId().map(traceId -> ", trace " + traceId).orElse(""));
      print(entries);
      return true;
    }
    List<TraceEntry> said = new JudgementTrace(connection, id).read();
    if (said.isEmpty()) {
      return false;
    }
    System.out.println("judgement or preference " + id);
    print(said);
    return true;
  }

  /** The only id that begins so. */
  private static String only(KafkaConnection connection, String prefix)
      throws ExecutionException, InterruptedException {
    Collection<String> found = TraceableIds.beginning(connection, prefix);
    if (found.isEmpty()) {
      throw new CommandException(
          "nothing that begins with %s: no request in %s, no judgement in %s and no preference in %s; request ids are prompt ids with a round, such as prompt-7/0"
              .formatted(
                  prefix,
                  connection.topics().rolloutRequests().name(),
                  connection.topics().judgements().name(),
                  connection.topics().preferences().name()));
    }
    if (found.size() > 1) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "%,d begin with %s: name one of them, such as %s",
              found.size(),
              prefix,
              found.stream().limit(SHOWN).collect(Collectors.joining(", "))));
    }
    return found.iterator().next();
  }

  private static void print(List<TraceEntry> entries) {
    Instant before = entries.get(0).when();
    for (TraceEntry entry : entries) {
      System.out.printf(
          Locale.ROOT,
          "%s %+9.3f s  %-13s  %-32s  %s%n",
          TIME.format(entry.when()),
          Duration.between(before, entry.when()).toMillis() / 1e3,
          entry.event(),
          String.format(Locale.ROOT, "%s-%d@%d", entry.topic(), entry.partition(), entry.offset()),
          entry.detail());
      before = entry.when();
    }
  }
}
