package org.rlhfstreams.worker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.exchange.ConcurrentWork;
import org.rlhfstreams.service.exchange.FinishedRecord;
import org.rlhfstreams.service.kafka.DeadLetters;

/**
 * Turns requests into rollouts in the slots of a decoder, and takes as many as keep the slots full.
 * The loop's thread.
 */
final class RolloutWork implements ConcurrentWork {
  /** Responses taken for each slot: one in it, and one to follow. */
  // Beyond any group that is learned from, and far below what memory has room for.
  private static final int MOST_SAMPLES = 4096;

  private static final int RESPONSES_A_SLOT = 2;

  /** The same, with those of requests that may not begin yet. */
  private static final int MOST_RESPONSES_A_SLOT = 16;

  private final RecordDecoder<RolloutRequest> decoder;
  private final SamplingThread sampling;
  private final RolloutEvents events;
  private final DeadLetters deadLetters;
  private final int slots;
  private final WorkerMeters meters;
  private final List<RequestTask> taken = new ArrayList<>();
  private final Set<RequestTask> open = new HashSet<>();
  private final List<FinishedRecord> refused = new ArrayList<>();
  private int openResponses;

  RolloutWork(
      RecordDecoder<RolloutRequest> decoder,
      SamplingThread sampling,
      RolloutEvents events,
      DeadLetters deadLetters,
      int slots,
      WorkerMeters meters) {
    this.decoder = decoder;
    this.sampling = sampling;
    this.events = events;
    this.deadLetters = deadLetters;
    this.slots = slots;
    this.meters = meters;
  }

  @Override
  public boolean hasRoom() {
    return openResponses - sampling.heldBack() < RESPONSES_A_SLOT * slots
        && openResponses < MOST_RESPONSES_A_SLOT * slots;
  }

  @Override
  public void take(ConsumerRecord<String, byte[]> record) {
    try {
      RequestTask task = new RequestTask(record, decoder.decode(record.topic(), record.value()));
      int samples = task.request().getSamples();
      if (samples < 1 || samples > MOST_SAMPLES) {
        String reason =
            String.format(
                Locale.ROOT,
                "it asks for %,d responses, and a worker takes 1 to %,d of a request: set"
                    + " sampling.samples to that",
                samples,
                MOST_SAMPLES);
        refused.add(refused(record, DeadLetterKind.SAMPLING, reason, lost(task.request())));
        return;
      }
      taken.add(task);
      open.add(task);
      count(task, 1);
    } catch (UndecodableException e) {
      refused.add(refused(record, DeadLetterKind.UNDECODABLE, e.getMessage(), 0));
    }
  }

  private void count(RequestTask task, int sign) {
    openResponses += sign * task.request().getSamples();
    meters.open(openResponses);
  }

  private FinishedRecord refused(
      ConsumerRecord<String, byte[]> record, DeadLetterKind kind, String reason, int lost) {
    return new FinishedRecord(record, List.of(deadLetters.of(record, kind, reason, lost)));
  }

  /** Responses that admission has to replace: none of those that were never to be learned from. */
  private static int lost(RolloutRequest request) {
    return request.getEvaluation() == null ? Math.max(0, request.getSamples()) : 0;
  }

  @Override
  public void start() {
    if (!taken.isEmpty()) {
      List<RequestTask> tasks = List.copyOf(taken);
      taken.clear();
      sampling.between(slotSampling -> slotSampling.start(tasks));
    }
  }

  @Override
  public int open() {
    return open.size() + refused.size();
  }

  @Override
  public List<FinishedRecord> takeFinished() {
    List<FinishedRecord> finished = new ArrayList<>(refused);
    refused.clear();
    for (RequestTask task : sampling.takeEnded()) {
      if (open.remove(task)) {
        count(task, -1);
        if (!task.isDropped()) {
          finished.add(finished(task));
        }
      }
    }
    return finished;
  }

  private FinishedRecord finished(RequestTask task) {
    if (task.refusal().isPresent()) {
      return refused(
          task.record(), DeadLetterKind.SAMPLING, task.refusal().get(), lost(task.request()));
    }
    List<ProducerRecord<String, Object>> rollouts = events.rollouts(task);
    meters.sampled(rollouts.size(), task.startedAt());
    return new FinishedRecord(task.record(), rollouts);
  }

  @Override
  public void drop(Collection<TopicPartition> partitions) {
    List<RequestTask> dropped =
        open.stream().filter(task -> partitions.contains(task.partition())).toList();
    refused.removeIf(
        done ->
            partitions.contains(
                new TopicPartition(done.record().topic(), done.record().partition())));
    taken.removeAll(dropped);
    for (RequestTask task : dropped) {
      open.remove(task);
      count(task, -1);
    }
    Set<RequestTask> theirs = Set.copyOf(dropped);
    sampling.between(slotSampling -> slotSampling.drop(theirs::contains));
  }

  @Override
  public void dropWaiting() {
    sampling.between(SlotSampling::dropWaiting);
  }

  @Override
  public long progress() {
    return sampling.rounds();
  }
}
