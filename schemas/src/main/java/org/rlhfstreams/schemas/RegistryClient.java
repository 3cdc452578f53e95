package org.rlhfstreams.schemas;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/**
 * Asks the schema registry by HTTP, with the credentials and the trust that the serializers are
 * given: basic and bearer authentication, trust store and key store.
 */
public final class RegistryClient {
  private static final String CONTENT = "application/vnd.schemaregistry.v1+json";
  private static final String TLS_NAMESPACE = "schema.registry.";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final Optional<String> authorization;
  private final HttpClient http;

  /**
   * @param url base URL
   * @param passThrough serializer settings, as Confluent names them
   * @throws TopicException where they name a file that cannot be read
   */
  public RegistryClient(String url, Map<String, String> passThrough) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
    try {
      Map<String, Object> settings = ClientSettings.resolved(passThrough);
      this.authorization = authorization(settings);
      Map<String, Object> tls = tls(settings);
      if (!tls.isEmpty()) {
        builder.sslContext(ClientSettings.tls(tls).sslContext());
      }
    } catch (KafkaException e) {
      throw new TopicException(
          "the settings schema-registry.* cannot be used: " + RootCause.message(e), e);
    }
    this.http = builder.build();
  }

  private static Map<String, Object> tls(Map<String, Object> settings) {
    Map<String, Object> tls = new HashMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(TLS_NAMESPACE + "ssl.")) {
            tls.put(key.substring(TLS_NAMESPACE.length()), value);
          }
        });
    return tls;
  }

  private static Optional<String> authorization(Map<String, Object> settings) {
    Object user =
        settings.getOrDefault(
            EventSerdes.USER_INFO, settings.get(TLS_NAMESPACE + EventSerdes.USER_INFO));
    if (user != null) {
      byte[] bytes = user.toString().getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    return Optional.ofNullable(settings.get("bearer.auth.token")).map(token -> "Bearer " + token);
  }

  /** What the registry answered. */
  public record Answer(int status, String body) {
    /** Whether it does not let this client in. */
    public boolean isRefusal() {
      return status == 401 || status == 403;
    }
  }

  /** Reads. */
  public Answer get(String path, Duration timeout) throws IOException, InterruptedException {
    return send(request(path, timeout));
  }

  /**
   * Writes.
   *
   * @param body becomes a JSON object
   */
  public Answer send(String method, String path, Map<String, String> body)
      throws IOException, InterruptedException {
    return send(
        request(path, Duration.ofSeconds(20))
            .header("Content-Type", CONTENT)
            .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(timeout);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  /** Base URL. */
  public String url() {
    return url;
  }
}
