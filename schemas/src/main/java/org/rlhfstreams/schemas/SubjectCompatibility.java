package org.rlhfstreams.schemas;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;

/**
 * The rule that a new schema must read what the newest old one wrote: BACKWARD on every subject,
 * and every schema of this build registered before its first event.
 */
public final class SubjectCompatibility {
  private static final String LEVEL = "BACKWARD";
  private static final String CONTENT = "application/vnd.schemaregistry.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String registryUrl;
  private final Map<String, String> passThrough;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * @param registryUrl base URL
   * @param passThrough serializer settings; {@code basic.auth.user.info} is used here too
   */
  public SubjectCompatibility(String registryUrl, Map<String, String> passThrough) {
    this.registryUrl =
        registryUrl.endsWith("/")
            ? registryUrl.substring(0, registryUrl.length() - 1)
            : registryUrl;
    this.passThrough = Map.copyOf(passThrough);
  }

  /**
   * Sets the level and registers the schema of every topic.
   *
   * @throws TopicException where the registry refuses a schema: it breaks what is in the log
   * @throws RegistryUnavailableException where the registry does not answer
   */
  public void ensure(Collection<Topic> topics) {
    for (Topic topic : topics) {
      String subject = URLEncoder.encode(topic.subject(), StandardCharsets.UTF_8);
      send("PUT", "/config/" + subject, Map.of("compatibility", LEVEL), topic);
      send(
          "POST",
          "/subjects/" + subject + "/versions",
          Map.of("schema", topic.schema().toString()),
          topic);
    }
  }

  private void send(String method, String path, Map<String, String> body, Topic topic) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(registryUrl + path))
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", CONTENT)
              .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
      String credentials = passThrough.get("basic.auth.user.info");
      if (credentials != null) {
        byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
        request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
      }
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 409) {
        throw new TopicException(
            ("the schema of topic %s breaks what is in the log: %s; give new fields a default and"
                    + " keep the old ones, or use another connection.topic-prefix")
                .formatted(topic.name(), response.body()));
      }
      if (response.statusCode() >= 300) {
        throw new TopicException(
            "the schema registry answered %d to %s %s: %s"
                .formatted(response.statusCode(), method, path, response.body()));
      }
    } catch (IOException e) {
      throw new RegistryUnavailableException(
          "the schema registry at " + registryUrl + " does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TopicException("interrupted while registering schemas", e);
    }
  }
}
