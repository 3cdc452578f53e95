package org.rlhfstreams.service.exchange;

import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule how many records are handed over at once: as many as are configured, or half as many
 * after a batch that took longer than a member may stay away from its group. The group has given
 * its partitions to others by then, and what it did cannot be committed. One record alone that
 * takes so long twice in a row ends the member: it would for ever.
 */
final class BatchLimit {
  /** Full batches in time after which twice as many are tried; twice as many after each failure. */
  private static final int TRUSTED = 8;

  private static final String SETTING = "kafka.max.poll.interval.ms";
  private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

  private final String group;
  private final int configured;
  private final Duration interval;
  private int size;
  private int inTime;
  private int trusted = TRUSTED;
  private boolean failedAlone;

  /**
   * @param group for messages
   * @param configured size of a full batch
   * @param interval that the group waits for a member
   */
  BatchLimit(String group, int configured, Duration interval) {
    this.group = group;
    this.configured = configured;
    this.interval = interval;
    this.size = configured;
  }

  /** Records of the next batch, at most. */
  int size() {
    return size;
  }

  /** A batch was committed, so long after the poll before it. */
  void committed(int records, Duration took) {
    failedAlone = false;
    boolean mayDouble = size < configured && took.multipliedBy(4).compareTo(interval) < 0;
    inTime = mayDouble && records >= size ? inTime + 1 : 0;
    if (inTime >= trusted) {
      size = Math.min(configured, 2 * size);
      inTime = 0;
      LOG.info("{}: batches of up to {} records again", group, size);
    }
  }

  /**
   * The group did not take a batch, so long after the poll before it; if that was no longer than it
   * waits, other members have come or gone, and the batch was not to blame.
   *
   * @param first record of the batch
   * @throws ConnectionException if it was a single record for the second time
   */
  void refused(int records, ConsumerRecord<?, ?> first, Duration took) {
    if (took.compareTo(interval) < 0) {
      return;
    }
    if (records == 1) {
      if (failedAlone) {
        throw new ConnectionException(
            String.format(
                Locale.ROOT,
                "%s: the record at offset %d of partition %d of %s took %s, twice, and a member of"
                    + " the group may take %s: the group had given it to another member by then,"
                    + " and it would be done for ever. Set %s above what one record takes, on all"
                    + " members; or let one take less: shorter responses, fewer of them to a"
                    + " request",
                group,
                first.offset(),
                first.partition(),
                first.topic(),
                seconds(took),
                seconds(interval),
                SETTING));
      }
      failedAlone = true;
      LOG.warn(
          "{}: one record took {}, and a member of the group may take {} ({}): it is tried once"
              + " more",
          group,
          seconds(took),
          seconds(interval),
          SETTING);
      return;
    }
    if (size == configured) {
      LOG.warn(
          "{}: a batch of {} records took {}, and a member of the group may take {} ({}): it is"
              + " done again, in batches of {}",
          group,
          records,
          seconds(took),
          seconds(interval),
          SETTING,
          Math.max(1, records / 2));
    } else {
      LOG.info("{}: batches of {} records took {} still", group, records, seconds(took));
      trusted *= 2;
    }
    size = Math.max(1, Math.min(size, records) / 2);
    inTime = 0;
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }
}
