package org.rlhfstreams.people.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.service.configuration.ConfigurationException;

final class WebhookSignatureTest {
  @TempDir private Path directory;

  private WebhookSignature with(String secret) throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), secret);
    return WebhookSignature.of(file, Clock.systemUTC());
  }

  /** The example that libraries of the specification are tested with. */
  @Test
  void theSignatureIsThatOfTheSpecification() throws IOException {
    byte[] signature =
        with("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
            .of(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                Buffer.buffer("{\"test\": 2432232314}"));
    assertThat(Base64.getEncoder().encodeToString(signature))
        .isEqualTo("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void aFileWithoutASecretIsRefusedByName() {
    for (String wrong : new String[] {"", "password", "whsec_", "whsec_not base64"}) {
      assertThatThrownBy(() -> with(wrong))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("people.argilla-secret-file = ")
          .hasMessageContaining("has no secret");
    }
  }
}
