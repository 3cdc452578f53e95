package org.rlhfstreams.schemas;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The rule that a new schema must read what the newest old one wrote: BACKWARD on every subject,
 * and every schema of this build registered before its first event.
 */
public final class SubjectCompatibility {
  private static final String LEVEL = "BACKWARD";
  private static final int TRIES = 3;
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

  private final RegistryClient registry;

  /**
   * @param registryUrl base URL
   * @param passThrough serializer settings; credentials and trust are used here too
   */
  public SubjectCompatibility(String registryUrl, Map<String, String> passThrough) {
    this.registry = new RegistryClient(registryUrl, passThrough);
  }

  /**
   * Sets the level and registers the schema of every topic.
   *
   * @throws TopicException where the registry refuses a schema: it breaks what is in the log; or
   *     refuses this client
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

  private static boolean isConflict(RegistryClient.Answer answer) {
    return answer.status() == 409 || answer.status() >= 500;
  }

  private void send(String method, String path, Map<String, String> body, Topic topic) {
    try {
      RegistryClient.Answer answer = registry.send(method, path, body);
      // Roles that start at once say the same at once, and some registries take only the first.
      for (int next = 2; next <= TRIES && isConflict(answer); next++) {
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        answer = registry.send(method, path, body);
      }
      if (answer.status() == 409) {
        throw new TopicException(
            ("the schema of topic %s breaks what is in the log: %s; give new fields a default and"
                    + " keep the old ones, or use another connection.topic-prefix")
                .formatted(topic.name(), answer.body()));
      }
      if (answer.isRefusal()) {
        throw new TopicException(
            String.format(
                Locale.ROOT,
                ("the schema registry at %s does not let this client %s %s (%d): give the user of"
                    + " schema-registry.basic.auth.user.info the right to"),
                registry.url(),
                method,
                path,
                answer.status()));
      }
      if (answer.status() >= 300) {
        throw new TopicException(
            String.format(
                Locale.ROOT,
                "the schema registry answered %d to %s %s: %s",
                answer.status(),
                method,
                path,
                answer.body()));
      }
    } catch (IOException e) {
      throw new RegistryUnavailableException(
          "the schema registry at %s does not answer: %s"
              .formatted(registry.url(), RootCause.message(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TopicException("interrupted while registering schemas", e);
    }
  }
}
