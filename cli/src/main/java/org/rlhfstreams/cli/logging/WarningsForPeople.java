package org.rlhfstreams.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Set;

/**
 * Passes this system's warnings and errors, except warnings of classes that mend by themselves what
 * they warn of, such as a broker that is away for a moment.
 */
final class WarningsForPeople extends Filter<ILoggingEvent> {
  private static final String OURS = "org.rlhfstreams.";

  /** Their warnings say that something is tried again, or goes on elsewhere. */
  static final Set<String> HEALING =
      Set.of(
          OURS + "controller.HostedTopologies",
          OURS + "learner.loop.Publication",
          OURS + "people.publish.TransactionalOutbox",
          OURS + "service.exchange.BatchLimit",
          OURS + "service.exchange.GroupMember",
          OURS + "service.exchange.Placement",
          OURS + "service.log.TopicReader");

  @Override
  public FilterReply decide(ILoggingEvent event) {
    String name = event.getLoggerName();
    boolean isShown =
        name.startsWith(OURS)
            && event.getLevel().isGreaterOrEqual(Level.WARN)
            && (event.getLevel() == Level.ERROR || !HEALING.contains(name));
    return isShown ? FilterReply.NEUTRAL : FilterReply.DENY;
  }
}
