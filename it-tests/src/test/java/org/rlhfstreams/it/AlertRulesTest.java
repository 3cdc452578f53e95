package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts and dashboard ask for metrics that there are, and have the page that they name. */
final class AlertRulesTest {
  private static final Path OBSERVABILITY = Repository.root().resolve("observability");
  private static final Pattern METRIC = Pattern.compile("rlhf_\\w+");

  @ParameterizedTest
  @ValueSource(
      strings = {"check config prometheus/prometheus.yml", "test rules prometheus/alerts-test.yml"})
  void prometheusTakesThem(String arguments) throws IOException, InterruptedException {
    assumeTrue(
        List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
        "promtool is not here: Prometheus' own check of alert rules is skipped");
    Process promtool =
        new ProcessBuilder(("promtool " + arguments).split(" "))
            .directory(OBSERVABILITY.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(said).isZero();
  }

  @Test
  void everyAlertHasItsPage() throws IOException {
    List<JsonNode> pages = rules().findValues("runbook");
    assertThat(pages).hasSize(rules().findValues("alert").size()).isNotEmpty();
    assertThat(pages)
        .allSatisfy(page -> assertThat(Repository.root().resolve(page.asText())).exists());
  }

  @Test
  void alertsAndDashboardAskForMetricsThatThereAre() throws IOException {
    Set<String> listed = new TreeSet<>(MetricsTable.read().names());
    JsonNode dashboard =
        new ObjectMapper()
            .readTree(OBSERVABILITY.resolve("grafana/dashboards/rlhf-streams.json").toFile());
    List<JsonNode> expressions = dashboard.findValues("expr");
    expressions.addAll(rules().findValues("expr"));
    assertThat(expressions).hasSizeGreaterThan(30);
    for (JsonNode expression : expressions) {
      assertThat(METRIC.matcher(expression.asText()).results().map(found -> family(found.group())))
          .as(expression.asText())
          .isSubsetOf(listed);
    }
  }

  private static String family(String sample) {
    return sample.replaceAll("_(sum|count|bucket)$", "");
  }

  private static JsonNode rules() throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readTree(OBSERVABILITY.resolve("prometheus/alerts.yml").toFile());
  }
}
