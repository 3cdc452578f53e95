package org.rlhfstreams.people.access;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.ExposedFile;

/**
 * The rule that a signed event is of who holds the secret: HMAC-SHA256 over id, time and body, as
 * the specification Standard Webhooks has it. Annotation tools that send no token send this.
 */
public final class WebhookSignature {
  static final String HEADER = "webhook-signature";
  private static final String ID = "webhook-id";
  private static final String TIMESTAMP = "webhook-timestamp";
  private static final String ALGORITHM = "HmacSHA256";
  private static final String KEY = "people.argilla-secret-file";
  private static final String ENCODED = "whsec_";
  private static final String VERSION = "v1,";

  /** Older ones may be sent again by who has listened; later ones are of another clock. */
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private final SecretKeySpec secret;
  private final Clock clock;

  private WebhookSignature(byte[] secret, Clock clock) {
    this.secret = new SecretKeySpec(secret, ALGORITHM);
    this.clock = clock;
  }

  /**
   * With the secret of a file, {@code whsec_} and base64, as tools print it.
   *
   * @throws ConfigurationException where there is none
   */
  public static WebhookSignature of(Path file, Clock clock) {
    try {
      String text = Files.readString(file).strip();
      byte[] secret =
          Base64.getDecoder()
              .decode(text.startsWith(ENCODED) ? text.substring(ENCODED.length()) : "");
      if (secret.length == 0) {
        throw new IllegalArgumentException("none");
      }
      ExposedFile.warn(file, "the secret of webhooks");
      return new WebhookSignature(secret, clock);
    } catch (IOException e) {
      throw new ConfigurationException(
          "%s = %s cannot be read: %s".formatted(KEY, file, e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "%s = %s has no secret: write what the tool printed when the webhook was made, whsec_ and base64"
              .formatted(KEY, file));
    }
  }

  /** Whether a request comes with a signature. */
  boolean isOn(HttpServerRequest request) {
    return request.getHeader(HEADER) != null;
  }

  /**
   * Lets a signed event pass.
   *
   * @param body as it came
   * @throws ProblemException 401, naming the header that is wrong
   */
  void require(HttpServerRequest request, Buffer body) {
    String id = header(request, ID);
    String timestamp = header(request, TIMESTAMP);
    Instant sent;
    try {
      sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
    } catch (RuntimeException e) {
      throw refused(TIMESTAMP, "it is no number of seconds");
    }
    if (Duration.between(sent, clock.instant()).abs().compareTo(TOLERANCE) > 0) {
      throw refused(
          TIMESTAMP, "it is more than five minutes from this server's clock, " + clock.instant());
    }
    byte[] expected = of(id, timestamp, body);
    boolean matches =
        Arrays.stream(header(request, HEADER).split(" ", -1))
            .filter(entry -> entry.startsWith(VERSION))
            .anyMatch(entry -> MessageDigest.isEqual(decoded(entry), expected));
    if (!matches) {
      throw refused(HEADER, "it is not that of this body by the secret in " + KEY);
    }
  }

  private static byte[] decoded(String entry) {
    try {
      return Base64.getDecoder().decode(entry.substring(VERSION.length()));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  byte[] of(String id, String timestamp, Buffer body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body.getBytes());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  private static String header(HttpServerRequest request, String name) {
    String value = request.getHeader(name);
    if (value == null) {
      throw refused(name, "it is missing");
    }
    return value;
  }

  private static ProblemException refused(String header, String why) {
    return ProblemException.at(
        header, 401, "Not signed by who should", "%s: %s".formatted(header, why));
  }
}
