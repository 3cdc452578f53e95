package org.rlhfstreams.controller;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * The account of what is under way, kept while the run goes on from what admission reads anyhow. It
 * knows the requests that are open and the last ones that were closed, so that it finds what is
 * learned from twice within that memory, and what others have overtaken; {@code rlhf audit} finds
 * all of it. Since it may hear again of what a crash makes admission do again, releases and letters
 * count by identity and steps by version.
 */
final class RunningAudit {
  /** Requests that are remembered, open ones and closed ones each; some megabytes. */
  private static final int REMEMBERED = 16_384;

  private static final int MOST_SAMPLES = 1 << 16;

  /** So many times what may be under way at once has overtaken a response that is overdue. */
  private static final int BOUNDS = 4;

  private final Map<String, Open> open = new LinkedHashMap<>();
  private final Map<String, BitSet> closed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, BitSet> eldest) {
          return size() > REMEMBERED;
        }
      };
  private final Counter doubled;
  private String run = "";
  private WeightVersion newest;
  private long forgotten;
  private long released;
  private long accounted;
  private long bound;

  /** A request of which responses are under way. */
  private static final class Open {
    private final long until; // samples released with it and before it
    private final int samples;
    private final BitSet learned = new BitSet();
    private final Set<String> letters = new HashSet<>();
    private int lost;

    Open(long until, int samples) {
      this.until = until;
      this.samples = samples;
    }

    int left() {
      return Math.max(0, samples - learned.cardinality() - lost);
    }
  }

  RunningAudit(MeterRegistry registry) {
    this.doubled =
        Counter.builder("rlhf.audit.doubled")
            .description("Responses learned from a second time, among the last 16,384 requests")
            .register(registry);
    Gauge.builder("rlhf.audit.in.flight", this, RunningAudit::inFlight)
        .description("Responses released that no step has learned from and that are not lost")
        .register(registry);
    Gauge.builder("rlhf.audit.overdue", this, RunningAudit::overdue)
        .description("Those that four times the bound have overtaken: lost, or stuck")
        .register(registry);
  }

  /**
   * A request is released.
   *
   * @param sequence samples released before it
   */
  synchronized void released(String requestId, long sequence, int samples) {
    if (closed.containsKey(requestId)) {
      return;
    }
    open.putIfAbsent(requestId, new Open(sequence + samples, samples));
    if (open.size() > REMEMBERED) {
      Iterator<Open> eldest = open.values().iterator();
      forgotten += eldest.next().left();
      eldest.remove();
    }
  }

  /** Admission has counted what is under way. */
  synchronized void counted(long releasedSamples, long accountedSamples, long boundSamples) {
    released = releasedSamples;
    accounted = accountedSamples;
    bound = Math.max(bound, boundSamples); // it shrinks towards the end of a run
  }

  /** A step has learned; those of a replay are named otherwise and count for nothing. */
  synchronized void learned(StepMetrics step) {
    if (TrainingObjective.named(step.getObjective())
        .filter(TrainingObjective::learnsFromRollouts)
        .isEmpty()) {
      return;
    }
    if (!run.equals(step.getRunId())) {
      run = step.getRunId(); // each run learns once for itself
      newest = null;
      closed.clear();
      open.values().forEach(request -> request.learned.clear());
    }
    if (newest != null && !WeightVersions.isNewer(step.getVersion(), newest)) {
      return;
    }
    newest = step.getVersion();
    for (String id : step.getRolloutIds()) {
      learned(id);
    }
  }

  private void learned(String rolloutId) {
    int slash = rolloutId.lastIndexOf('/');
    if (slash < 0) {
      return;
    }
    String requestId = rolloutId.substring(0, slash);
    int sample;
    try {
      sample = Integer.parseInt(rolloutId.substring(slash + 1));
    } catch (NumberFormatException e) {
      return; // no response that admission has asked for
    }
    if (sample < 0 || sample >= MOST_SAMPLES) {
      return;
    }
    Open request = open.get(requestId);
    BitSet learned =
        request != null ? request.learned : closed.computeIfAbsent(requestId, any -> new BitSet());
    if (learned.get(sample)) {
      doubled.increment();
    }
    learned.set(sample);
    closeIfDone(requestId, request);
  }

  private void closeIfDone(String requestId, Open request) {
    if (request != null && request.left() == 0) {
      open.remove(requestId);
      closed.put(requestId, request.learned);
    }
  }

  /** A dead letter says that responses will not be learned from; one about the same counts once. */
  synchronized void givenUp(DeadLetter letter) {
    boolean group = letter.getKind().equals(DeadLetterKind.GROUP.text());
    if (letter.getKey() == null || (letter.getLostRollouts() == 0 && !group)) {
      return;
    }
    String requestId = StandardCharsets.UTF_8.decode(letter.getKey().duplicate()).toString();
    Open request = open.get(requestId);
    String place = letter.getTopic() + "-" + letter.getPartition() + "@" + letter.getOffset();
    if (request != null && request.letters.add(place)) {
      request.lost += Math.max(1, letter.getLostRollouts());
      closeIfDone(requestId, request);
    }
  }

  private synchronized double inFlight() {
    return released - accounted;
  }

  private synchronized double overdue() {
    long overdue = forgotten;
    if (bound > 0) {
      for (Open request : open.values()) {
        if (released - request.until < BOUNDS * bound) {
          break; // those behind it were released later
        }
        overdue += request.left();
      }
    }
    return overdue;
  }
}
