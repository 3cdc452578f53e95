package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a role shows to Prometheus. */
final class MetricsPage {
  private static final Pattern FAMILY = Pattern.compile("(?m)^# TYPE (rlhf_\\w+) (\\w+)$");

  private MetricsPage() {}

  /** Names of our own metrics, as samples have them. */
  static Set<String> of(RlhfProcess role) {
    String address = role.awaitLine("health at (http://\\S+)/health").group(1);
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(address + "/metrics")).build(),
                  BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      Set<String> names = new TreeSet<>();
      FAMILY.matcher(answer.body()).results().forEach(family -> names.add(family.group(1)));
      // What is a maximum within a window is of no use beside a histogram.
      names.removeIf(name -> name.endsWith("_max") && names.contains(name.replaceAll("_max$", "")));
      return names;
    } catch (IOException e) {
      throw new AssertionError(address + "/metrics does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
