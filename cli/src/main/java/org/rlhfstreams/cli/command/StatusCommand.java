package org.rlhfstreams.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.status.RunStatus;
import org.rlhfstreams.cli.status.RunStatusReader;
import org.rlhfstreams.cli.status.StepTime;
import org.rlhfstreams.common.terminal.TextTable;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a run stands, by the log. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description =
        "Where the run stands: records by topic, what waits for whom, group members, the newest"
            + " step, and whether it is paused.")
public final class StatusCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.STATUS);

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    KafkaConnection connection = new KafkaConnection(options.load());
    Consumer<String> messages = json ? System.err::println : System.out::println;
    new BrokerWait(connection, messages).await();
    try (RunStatusReader reader = new RunStatusReader(connection)) {
      RunStatus status = reader.read();
      List<String> waits =
          status.waits(connection.topics()).stream().map(RunStatus.Wait::line).toList();
      System.out.println(json ? json(status, waits) : text(status, waits));
    }
    return 0;
  }

  private static String text(RunStatus status, List<String> waits) {
    TextTable topics = new TextTable("topic", "records");
    for (RunStatus.TopicState topic : status.topics()) {
      topics.row(
          topic.name(),
          topic.records().isPresent()
              ? String.format(Locale.ROOT, "%,d", topic.records().getAsLong())
              : topic.version().map(version -> "version " + version).orElse("-"));
    }
    TextTable groups = new TextTable("group", "members", "lag");
    for (RunStatus.GroupState group : status.groups()) {
      groups.row(
          group.name(),
          String.valueOf(group.members().size()),
          String.format(Locale.ROOT, "%,d", group.lag()));
    }
    StringBuilder text = new StringBuilder();
    topics.lines().forEach(line -> text.append(line).append('\n'));
    text.append('\n');
    List<String> lines = groups.lines();
    text.append(lines.get(0)).append('\n');
    for (int i = 0; i < status.groups().size(); i++) {
      text.append(lines.get(i + 1)).append('\n');
      for (RunStatus.Member member : status.groups().get(i).members()) {
        text.append(
            String.format(
                Locale.ROOT,
                "  %s at %s: %s%n",
                member.name(),
                member.host(),
                member.share().isEmpty() ? "idle" : member.share()));
      }
    }
    text.append('\n');
    waits.forEach(wait -> text.append(wait).append('\n'));
    return text.append(status.newest().map(StatusCommand::step).orElse("no step yet")).toString();
  }

  private static String step(StepMetrics metrics) {
    Map<String, Double> values = metrics.getValues();
    String version = WeightVersions.text(metrics.getVersion());
    String step;
    if (values.containsKey("objective/scores")) {
      step =
          String.format(
              Locale.ROOT,
              "newest step %s: reward %.3f, KL %.3f",
              version,
              values.get("objective/scores"),
              values.getOrDefault("objective/kl", Double.NaN));
    } else if (values.containsKey("objective/kl")) {
      step =
          String.format(
              Locale.ROOT,
              "newest step %s of %s: KL %.3f",
              version,
              metrics.getObjective(),
              values.get("objective/kl"));
    } else {
      step =
          String.format(
              Locale.ROOT,
              "newest step %s of %s: loss %.4f",
              version,
              metrics.getObjective(),
              values.getOrDefault("loss", Double.NaN));
    }
    return StepTime.of(values).map(time -> step + "; " + time.text()).orElse(step);
  }

  private static String json(RunStatus status, List<String> waits) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    ObjectNode topics = json.putObject("topics");
    for (RunStatus.TopicState topic : status.topics()) {
      ObjectNode one = topics.putObject(topic.name());
      topic.records().ifPresent(records -> one.put("records", records));
      topic.version().ifPresent(version -> one.put("version", version));
    }
    ObjectNode groups = json.putObject("groups");
    for (RunStatus.GroupState group : status.groups()) {
      ObjectNode one = groups.putObject(group.name());
      one.put("lag", group.lag());
      ObjectNode lags = one.putObject("lagByTopic");
      group.lags().forEach(lag -> lags.put(lag.topic(), lag.records()));
      ArrayNode members = one.putArray("members");
      group
          .members()
          .forEach(
              member ->
                  members
                      .addObject()
                      .put("name", member.name())
                      .put("host", member.host())
                      .put("partitions", member.share()));
    }
    json.put("paused", status.pause().isPresent());
    waits.forEach(json.putArray("waits")::add);
    status
        .newest()
        .ifPresent(
            step -> {
              ObjectNode one = json.putObject("newestStep");
              one.put("run", step.getRunId()).put("objective", step.getObjective());
              one.put("version", WeightVersions.text(step.getVersion()));
              ObjectNode values = one.putObject("values");
              new TreeMap<>(step.getValues()).forEach(values::put);
            });
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json);
  }
}
