package org.rlhfstreams.service.configuration;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A name for this process that no other process of the run has at the same time. */
public final class ProcessIdentity {
  private ProcessIdentity() {}

  /** Host name and process id, such as {@code node7-4711}. */
  public static String current() {
    return host() + "-" + ProcessHandle.current().pid();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
