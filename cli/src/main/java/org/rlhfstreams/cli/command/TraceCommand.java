package org.rlhfstreams.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.JudgementTrace;
import org.rlhfstreams.service.lineage.RequestTrace;
import org.rlhfstreams.service.lineage.TraceEntry;
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

  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description =
          "Request id, such as prompt-7/0, judgement id or preference id; without one, the request of"
              + " the newest step.")
  private String id;

  @Mixin private ConfigurationOptions options;

  @Override
  public Integer call() throws Exception {
    KafkaConnection connection = new KafkaConnection(options.load());
    new BrokerWait(connection, System.out::println).await();
    String followed =
        id != null
            ? id
            : RequestTrace.newestLearned(connection)
                .orElseThrow(
                    () ->
                        new CommandException(
                            "no step has learned from a rollout yet: wait for one, or name a"
                                + " request; rlhf status says where the run stands"));
    RequestTrace trace = new RequestTrace(connection, followed);
    List<TraceEntry> entries = trace.read();
    if (!entries.isEmpty()) {
      System.out.printf(
          "request %s%s%n",
          followed, trace.traceId().map(traceId -> ", trace " + traceId).orElse(""));
      print(entries);
      return 0;
    }
    List<TraceEntry> said = new JudgementTrace(connection, followed).read();
    if (said.isEmpty()) {
      throw new CommandException(
          "no request %s in %s, no judgement in %s and no preference in %s: request ids are prompt ids with a round, such as prompt-7/0"
              .formatted(
                  followed,
                  connection.topics().rolloutRequests().name(),
                  connection.topics().judgements().name(),
                  connection.topics().preferences().name()));
    }
    System.out.println("judgement or preference " + followed);
    print(said);
    return 0;
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
