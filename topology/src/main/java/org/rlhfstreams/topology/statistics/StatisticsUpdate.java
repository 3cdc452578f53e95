package org.rlhfstreams.topology.statistics;

import java.util.List;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.topology.DoneOffsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds a rollout to its version's figures (Welford 1962). Unusable ones count nowhere. */
final class StatisticsUpdate
    extends ContextualProcessor<String, byte[], String, RolloutStatistics> {
  private static final Logger LOG = LoggerFactory.getLogger(StatisticsUpdate.class);

  private final RecordDecoder<ScoredRollout> decoder;
  private KeyValueStore<String, RolloutStatistics> store;
  private DoneOffsets done;

  StatisticsUpdate(EventSerdes serdes) {
    this.decoder = new RecordDecoder<>(ScoredRollout.class, serdes);
  }

  @Override
  public void init(ProcessorContext<String, RolloutStatistics> context) {
    super.init(context);
    store = context.getStateStore(StatisticsTopology.STORE);
    done = new DoneOffsets(context.getStateStore(StatisticsTopology.DONE));
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata place = context().recordMetadata().orElseThrow();
    if (!done.isNew(place)) {
      return;
    }
    String topic = place.topic();
    try {
      ScoredRollout scored = decoder.decode(topic, record.value());
      if (RolloutRules.problem(scored.getRollout(), Integer.MAX_VALUE, Integer.MAX_VALUE).isEmpty()
          && RolloutRules.problem(scored).isEmpty()) {
        add(scored, record.timestamp());
      }
    } catch (UndecodableException e) {
      LOG.debug("a record of {} counts in no statistics: {}", topic, e.getMessage());
    }
  }

  private void add(ScoredRollout scored, long timestamp) {
    List<VersionSegment> segments = scored.getRollout().getSegments();
    WeightVersion version =
        segments.stream().map(VersionSegment::getVersion).min(WeightVersions.ORDER).orElseThrow();
    String key = WeightVersions.text(version);
    RolloutStatistics known = store.get(key);
    RolloutStatistics before =
        known == null
            ? RolloutStatistics.newBuilder()
                .setVersion(version)
                .setRollouts(0)
                .setScoreMean(0)
                .setScoreSquares(0)
                .setKlMean(0)
                .setLengthMean(0)
                .setStopped(0)
                .setMeasuredAt(scored.getScoredAt())
                .build()
            : known;
    long count = before.getRollouts() + 1;
    double distance = scored.getScore() - before.getScoreMean();
    double mean = before.getScoreMean() + distance / count;
    double kl = scored.getKl().stream().mapToDouble(Float::doubleValue).sum();
    int length = scored.getRollout().getResponseTokenIds().size();
    boolean stopped = scored.getRollout().getFinishReason() == FinishReason.STOP;
    RolloutStatistics after =
        RolloutStatistics.newBuilder()
            .setVersion(version)
            .setRollouts(count)
            .setScoreMean(mean)
            .setScoreSquares(before.getScoreSquares() + distance * (scored.getScore() - mean))
            .setKlMean(before.getKlMean() + (kl - before.getKlMean()) / count)
            .setLengthMean(before.getLengthMean() + (length - before.getLengthMean()) / count)
            .setStopped(before.getStopped() + (stopped ? 1 : 0))
            .setMeasuredAt(scored.getScoredAt())
            .build();
    store.put(key, after);
    context().forward(new Record<>(key, after, timestamp));
  }
}
