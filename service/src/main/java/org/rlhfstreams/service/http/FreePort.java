package org.rlhfstreams.service.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.service.kafka.ConnectionException;

/** The rule that a port that a role is told to serve on can be taken. */
public final class FreePort {
  private FreePort() {}

  /**
   * Checks it, and leaves it free.
   *
   * @param port 0, which is any, can always be taken
   * @param setting that names another one
   * @throws ConnectionException if it cannot be taken
   */
  public static void require(String host, int port, String setting) {
    try {
      bind(host, port);
    } catch (IOException e) {
      throw taken(host, port, setting, e);
    }
  }

  /**
   * Why it cannot be taken, if it cannot; leaves it free.
   *
   * @param port 0, which is any, can always be taken
   */
  public static Optional<String> refusal(String host, int port) {
    try {
      bind(host, port);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static void bind(String host, int port) throws IOException {
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
    }
  }

  static ConnectionException taken(String host, int port, String setting, Exception cause) {
    return new ConnectionException(
        String.format(
            Locale.ROOT,
            "port %d on %s is in use or not ours to take (%s): name another with %s, or 0 for a"
                + " free one",
            port,
            host,
            cause.getMessage(),
            setting),
        cause);
  }
}
