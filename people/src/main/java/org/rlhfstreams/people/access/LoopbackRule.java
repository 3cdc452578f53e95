package org.rlhfstreams.people.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.PeopleConfiguration;

/**
 * The rule that without tokens only this machine is served. A browser here can be made to call: by
 * a page of another origin, or by a name that somebody else's DNS points at this machine. So what
 * names another host, or comes from a page that is not ours, is refused.
 */
public final class LoopbackRule {
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final boolean guarded;
  private final String host;

  private LoopbackRule(boolean guarded, String host) {
    this.guarded = guarded;
    this.host = host.toLowerCase(Locale.ROOT);
  }

  /**
   * The rule for a server.
   *
   * @throws ConfigurationException where it would be open to other machines
   */
  public static LoopbackRule of(PeopleConfiguration settings) {
    boolean guarded = settings.tokensFile().isPresent();
    if (!guarded && !isLoopback(settings.host())) {
      throw new ConfigurationException(
          ("people.host = %s can be reached from other machines, and without people.tokens-file"
                  + " everyone there may do everything: make a token with rlhf people token --name"
                  + " NAME --role admin --tokens-file FILE and set people.tokens-file = FILE, or"
                  + " set people.host = 127.0.0.1")
              .formatted(settings.host()));
    }
    return new LoopbackRule(guarded, settings.host());
  }

  private static boolean isLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw new ConfigurationException(
          "people.host = %s is no address of this machine: 127.0.0.1 is loopback, 0.0.0.0 all"
              .formatted(host));
    }
  }

  /** Whether a request that names this host (and port) is meant for this server. */
  public boolean allowsHost(String named) {
    if (guarded) {
      return true;
    }
    String name = withoutPort(named == null ? "" : named).toLowerCase(Locale.ROOT);
    return LOCAL.contains(name) || name.equals(host);
  }

  /** Whether a request that a proxy hands on may be from anywhere, who is asked for a token. */
  public boolean allowsProxies() {
    return guarded;
  }

  /**
   * Whether a page of this origin may change something.
   *
   * @param origin as the browser says it, or null where none does
   * @param site {@code Sec-Fetch-Site}, or null
   * @param named the host that the request names
   */
  public boolean allowsOrigin(String origin, String site, String named) {
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return false;
    }
    if (origin == null) {
      return true;
    }
    return origin.equalsIgnoreCase("http://" + named)
        || origin.equalsIgnoreCase("https://" + named);
  }

  private static String withoutPort(String named) {
    int colon = named.lastIndexOf(':');
    boolean isPort = colon >= 0 && named.indexOf(']', colon) < 0 && named.indexOf(':') == colon;
    boolean isPortOfSix = colon >= 0 && named.startsWith("[") && named.indexOf(']') == colon - 1;
    return isPort || isPortOfSix ? named.substring(0, colon) : named;
  }
}
