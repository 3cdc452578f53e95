package org.rlhfstreams.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Locale;

/** Free and taken ports on loopback. */
final class Ports {
  private Ports() {}

  /** Two different free ports. */
  static int[] twoFree() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        ServerSocket second = new ServerSocket(0, 1, loopback)) {
      return new int[] {first.getLocalPort(), second.getLocalPort()};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Refuses a port that something listens on.
   *
   * @param what who wants it, for the message
   * @param setting the setting that names another one
   */
  static void requireFree(int port, String what, String setting) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new EmbeddedException(
          String.format(
              Locale.ROOT,
              "port %d for the %s is in use: stop what listens there, or name another with %s",
              port,
              what,
              setting),
          e);
    }
  }
}
