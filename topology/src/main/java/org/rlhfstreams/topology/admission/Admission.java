package org.rlhfstreams.topology.admission;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.topology.DoneOffsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Releases requests in the order of the prompts' arrival, round after round, up to the staleness
 * bound of the run that the learner has stated last. A prompt id counts once; {@code requestId =
 * promptId/round}. A prompt that taught nothing rests for some rounds. Held-out prompts are in no
 * round: versions of the policy are put to them, to a topic of their own, and they count for
 * nothing. While it is paused, and before a learner has stated a run, it counts all the same and
 * releases nothing.
 */
final class Admission extends ContextualProcessor<String, AdmissionEvent, String, RolloutRequest> {
  private static final String KNOWN = "prompts";
  private static final String NEXT = "next-prompt";
  private static final String ROUND = "round";
  private static final String RELEASED = "released-samples";
  private static final String LOST = "lost-samples";
  private static final String CONSUMED = "consumed-samples/";
  private static final String STEP = "step/";
  private static final String GENERATION = "generation/";
  private static final String PAUSED = "paused";

  private static final String NEWEST_RUN = "newest";

  /** What {@link #promptIds} has of held-out prompts: their number is another one's. */
  private static final long HELD_OUT = -1;

  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
  private static final Duration QUIET = Duration.ofMillis(200);

  /** So many looks without a held-out prompt, and all of them are there: they come in parts. */
  private static final int HELD_OUT_LOOKS = 10;

  private final AdmissionSettings settings;
  private final AdmissionListener listener;
  private boolean arriving;
  private int looksSinceHeldOut;
  private KeyValueStore<Long, RolloutRequest> prompts;
  private KeyValueStore<String, Long> promptIds;
  private KeyValueStore<Long, String> traces;
  private KeyValueStore<String, Long> counters;
  private KeyValueStore<String, Long> commands;
  private KeyValueStore<String, RunStatement> runs;
  private KeyValueStore<String, Long> lostRequests;
  private KeyValueStore<Long, Long> resting;
  private HeldOutPrompts heldOut;
  private DoneOffsets done;

  Admission(AdmissionSettings settings, AdmissionListener listener) {
    this.settings = settings;
    this.listener = listener;
  }

  @Override
  public void init(ProcessorContext<String, RolloutRequest> context) {
    super.init(context);
    prompts = context.getStateStore(AdmissionTopology.PROMPTS);
    promptIds = context.getStateStore(AdmissionTopology.PROMPT_IDS);
    traces = context.getStateStore(AdmissionTopology.TRACES);
    counters = context.getStateStore(AdmissionTopology.COUNTERS);
    done = new DoneOffsets(counters);
    commands = context.getStateStore(AdmissionTopology.COMMANDS);
    runs = context.getStateStore(AdmissionTopology.RUN);
    lostRequests = context.getStateStore(AdmissionTopology.LOST_REQUESTS);
    resting = context.getStateStore(AdmissionTopology.RESTING);
    heldOut =
        new HeldOutPrompts(context.getStateStore(AdmissionTopology.HELD_OUT_PROMPTS), counters);
    context.schedule(QUIET, PunctuationType.WALL_CLOCK_TIME, now -> releaseWhenQuiet(now));
  }

  private void releaseWhenQuiet(long now) {
    if (!arriving) {
      release(now, true);
    }
    arriving = false;
    looksSinceHeldOut = Math.min(HELD_OUT_LOOKS, looksSinceHeldOut + 1);
    evaluate(now);
  }

  @Override
  public void process(Record<String, AdmissionEvent> record) {
    AdmissionEvent event = record.value();
    if (event instanceof AdmissionEvent.Arrival arrival) {
      remember(arrival.template(), TraceParent.of(record.headers()));
      arriving = true;
    } else if (done.isNew(context().recordMetadata().orElseThrow())) {
      take(event, record.timestamp());
    }
    // While prompts arrive, the next of them is better than the first once more.
    release(record.timestamp(), !arriving);
    evaluate(record.timestamp());
  }

  private void take(AdmissionEvent event, long timestamp) {
    if (event instanceof AdmissionEvent.Run run) {
      warnOfOtherGroups(run.statement());
      warnOfOtherStaleness(run.statement());
      runs.put(NEWEST_RUN, run.statement());
      heldOut.stated(run.statement());
    } else if (event instanceof AdmissionEvent.Step step) {
      advance(step.metrics());
    } else if (event instanceof AdmissionEvent.Loss loss) {
      lose(loss);
      if (loss.withoutSignal()) {
        loss.requestId().ifPresent(this::rest);
      }
    } else if (event instanceof AdmissionEvent.Control control
        && commands.putIfAbsent(control.commandId(), timestamp) == null) {
      counters.put(PAUSED, control.paused() ? 1L : 0L);
    }
  }

  private void warnOfOtherGroups(RunStatement run) {
    if (run.getSamplesLearnedTogether() > 1
        && run.getSamplesLearnedTogether() != settings.samples()) {
      LOG.warn(
          "run {} learns from groups of {} responses, but admission asks for {} a prompt: give the"
              + " controller the learner's sampling.samples",
          run.getRunId(),
          run.getSamplesLearnedTogether(),
          settings.samples());
    }
  }

  private void warnOfOtherStaleness(RunStatement run) {
    if (staleness(run) != settings.staleness()) {
      LOG.warn(
          "run {} learns from responses that are up to {} steps behind; the controller's"
              + " admission.staleness of {} is not used: set it where the learner runs",
          run.getRunId(),
          staleness(run),
          settings.staleness());
    }
  }

  /**
   * With a response those are lost that are only learned from together with it; of a request no
   * more than it asked for, however many of its responses are refused.
   */
  private void lose(AdmissionEvent.Loss loss) {
    RunStatement run = runs.get(NEWEST_RUN);
    boolean together = run != null && run.getSamplesLearnedTogether() > 1;
    long samples = together ? settings.samples() : loss.samples();
    if (loss.requestId().isPresent()) {
      Long before = lostRequests.get(loss.requestId().get());
      long known = before == null ? 0 : before;
      samples = Math.min(samples, settings.samples() - known);
      lostRequests.put(loss.requestId().get(), known + samples);
    }
    counters.put(LOST, counter(LOST) + samples);
  }

  /** The prompt of a request that taught nothing is left out of the rounds after the request's. */
  private void rest(String requestId) {
    int slash = requestId.lastIndexOf('/');
    Long number = slash < 0 ? null : promptIds.get(requestId.substring(0, slash));
    if (number == null || number == HELD_OUT || settings.restRounds() == 0) {
      return;
    }
    try {
      resting.put(number, Long.parseLong(requestId.substring(slash + 1)) + settings.restRounds());
    } catch (NumberFormatException e) {
      LOG.warn("request {} is unknown to admission: its id does not end in a round", requestId);
    }
  }

  private boolean rests(long number) {
    Long last = resting.get(number);
    if (last == null) {
      return false;
    }
    if (last >= counter(ROUND)) {
      return true;
    }
    resting.delete(number);
    return false;
  }

  private void remember(RolloutRequest template, Optional<TraceParent> trace) {
    if (template.getEvaluation() != null) {
      if (promptIds.putIfAbsent(template.getPromptId(), HELD_OUT) == null) {
        heldOut.remember(template);
        looksSinceHeldOut = 0;
      }
      return;
    }
    long number = counter(KNOWN);
    if (promptIds.putIfAbsent(template.getPromptId(), number) == null) {
      prompts.put(number, template);
      trace.ifPresent(parent -> traces.put(number, parent.text()));
      counters.put(KNOWN, number + 1);
    }
  }

  private void advance(StepMetrics metrics) {
    String objective = metrics.getObjective();
    WeightVersion version = metrics.getVersion();
    if (WeightVersions.isNewer(version, newest(objective))) {
      int samples = metrics.getRolloutIds().size() + metrics.getHeldOutIds().size();
      counters.put(CONSUMED + objective, consumed(objective) + samples);
      counters.put(GENERATION + objective, (long) version.getGeneration());
      counters.put(STEP + objective, version.getStep());
      RunStatement run = runs.get(NEWEST_RUN);
      if (run != null && run.getObjective().equals(objective)) {
        heldOut.stepped(run, version);
      }
    }
  }

  /** A state of a release that did not count them had steps of B samples. */
  private long consumed(String objective) {
    Long known = counters.get(CONSUMED + objective);
    RunStatement run = runs.get(NEWEST_RUN);
    if (known == null && run != null) {
      return newest(objective).getStep() * run.getBatchSize();
    }
    return known == null ? 0 : known;
  }

  /** The newest version of an objective's weights; 0.0 before its first step. */
  private WeightVersion newest(String objective) {
    return new WeightVersion((int) counter(GENERATION + objective), counter(STEP + objective));
  }

  private void release(long timestamp, boolean anotherRound) {
    RunStatement run = runs.get(NEWEST_RUN);
    if (run == null || counter(PAUSED) != 0) {
      return;
    }
    WeightVersion version = newest(run.getObjective());
    long consumed = consumed(run.getObjective()) + counter(LOST);
    long bound =
        new StalenessBound(run.getBatchSize(), staleness(run), run.getMaxSteps())
            .outstanding(version.getStep());
    long allowed = consumed + bound;
    long releasedBefore = counter(RELEASED);
    while (counter(RELEASED) + settings.samples() <= allowed && nextPrompt(anotherRound)) {
      RolloutRequest template = prompts.get(counter(NEXT));
      long round = counter(ROUND);
      String requestId = template.getPromptId() + "/" + round;
      RolloutRequest request =
          RolloutRequest.newBuilder(template)
              .setRequestId(requestId)
              .setSampling(settings.sampling())
              .setSamples(settings.samples())
              .setMinimumVersion(version)
              .setSequence(counter(RELEASED))
              .setCreatedAt(Instant.ofEpochMilli(timestamp))
              .build();
      context().forward(new Record<>(requestId, request, timestamp, headers(request)));
      counters.put(RELEASED, counter(RELEASED) + settings.samples());
      counters.put(NEXT, counter(NEXT) + 1);
    }
    listener.counted(counter(RELEASED), consumed, bound);
    if (counter(RELEASED) > releasedBefore) {
      context().commit(); // workers see requests only then
    }
  }

  /** Puts the version that is due, if one is, to all held-out prompts, once none is arriving. */
  private void evaluate(long timestamp) {
    if (looksSinceHeldOut < HELD_OUT_LOOKS
        || runs.get(NEWEST_RUN) == null
        || counter(PAUSED) != 0) {
      return;
    }
    Optional<WeightVersion> due = heldOut.due();
    if (due.isEmpty()) {
      return;
    }
    for (long number = 0; number < heldOut.known(); number++) {
      RolloutRequest request = heldOut.request(number, due.get(), timestamp);
      context()
          .forward(
              new Record<>(
                  request.getRequestId(),
                  request,
                  timestamp,
                  TraceParent.headers(listener.evaluated(request))));
    }
    heldOut.released(due.get());
    context().commit(); // workers see requests only then
  }

  /** As the learner has stated it, so that it refuses nothing that is released in time. */
  private double staleness(RunStatement run) {
    return run.getStaleness() == null ? settings.staleness() : run.getStaleness();
  }

  private Headers headers(RolloutRequest request) {
    Optional<TraceParent> prompt =
        Optional.ofNullable(traces.get(counter(NEXT))).map(TraceParent::new);
    return TraceParent.headers(listener.released(request, prompt));
  }

  /** Whether a prompt is left that does not rest; begins other rounds if it has to and may. */
  private boolean nextPrompt(boolean anotherRound) {
    if (counter(KNOWN) == 0) {
      return false;
    }
    do {
      while (counter(NEXT) < counter(KNOWN)) {
        if (!rests(counter(NEXT))) {
          return true;
        }
        counters.put(NEXT, counter(NEXT) + 1);
      }
    } while (beginsRound(anotherRound));
    return false;
  }

  private boolean beginsRound(boolean another) {
    boolean begins =
        another && (settings.promptEpochs() == 0 || counter(ROUND) + 1 < settings.promptEpochs());
    if (begins) {
      counters.put(NEXT, 0L);
      counters.put(ROUND, counter(ROUND) + 1);
    }
    return begins;
  }

  private long counter(String name) {
    Long value = counters.get(name);
    return value == null ? 0 : value;
  }
}
