package org.rlhfstreams.it.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between one process and a server: TCP that can be cut. Bytes that meet a cut wait,
 * and their connections are gone once it is healed, as after a partition that outlived them.
 */
final class Gate implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final int target;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private boolean cut;
  private boolean closed;

  /**
   * @param target port on loopback of the server behind it
   */
  Gate(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 64, LOOPBACK);
    daemon(this::accept);
  }

  /** Port on loopback that leads to the server. */
  int port() {
    return server.getLocalPort();
  }

  /** From now on nothing comes through. */
  synchronized void cut() {
    cut = true;
  }

  /** New connections come through again; the old ones end. */
  synchronized void heal() {
    cut = false;
    endAll();
    notifyAll();
  }

  private void endAll() {
    open.forEach(Gate::end);
    open.clear();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        daemon(() -> connect(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) {
    open.add(client);
    try {
      awaitPassage();
      Socket behind = new Socket(LOOPBACK, target);
      open.add(behind);
      client.setTcpNoDelay(true);
      behind.setTcpNoDelay(true);
      daemon(() -> pump(client, behind));
      pump(behind, client);
    } catch (IOException e) {
      end(client); // nobody behind, as where the server itself is away
      open.remove(client);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitPassage();
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One side has ended; so does the other.
    }
    open.remove(from);
    open.remove(to);
  }

  private synchronized void awaitPassage() throws IOException {
    while (cut && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It had ended.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "gate");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    server.close();
    endAll();
    notifyAll();
  }
}
