package org.rlhfstreams.service.lineage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.EventFields;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WriterSchemas;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.BulkHandler;
import org.rlhfstreams.service.log.CommittedLog;

/** Enters what the records of the large topics say, from the few fields that say it. One thread. */
final class AuditedRecords implements BulkHandler {
  private static final int ID = 0;
  private static final int SAMPLES = 1;
  private static final int GENERATION = 1;
  private static final int STEP = 2;
  private static final int EVALUATION = 3;
  private static final int WITHDRAWN = 1;
  private static final int COMPARISON = 2;
  private static final int TOPIC = 0;
  private static final int PARTITION = 1;
  private static final int OFFSET = 2;
  private static final int VALUE = 3;
  private static final int STAGE = 4;
  private static final int KIND = 5;
  private static final int LOST = 6;
  private static final int ORIGINAL = 7;
  private static final int SCORER = 1;
  private static final int RESCORED = 2;
  private static final int REQUIRED = 1;

  private final CommittedLog log;
  private final AccountEntries entries;
  private final LetterReasons reasons;
  private final ScorerNames scorers;
  private final Tally tally = new Tally();
  private final Map<LogSource, EventFields> fields = new EnumMap<>(LogSource.class);
  private final EventFields lostRequests;
  private final EventFields lostRollouts;
  private final EventFields lostScored;
  private final EventFields lostPreferences;
  private final Map<String, LogSource> sources = new HashMap<>();
  private Optional<String> undecodable = Optional.empty();
  private List<String> newestSet = List.of();
  private int newestSetNumber;

  /**
   * @param log for records of which a dead letter has the beginning only
   */
  AuditedRecords(
      KafkaConnection connection,
      CommittedLog log,
      AccountEntries entries,
      LetterReasons reasons,
      ScorerNames scorers,
      WriterSchemas schemas) {
    Topics topics = connection.topics();
    this.log = log;
    this.entries = entries;
    this.reasons = reasons;
    this.scorers = scorers;
    this.lostRequests = requests(schemas);
    this.lostRollouts = fields(Rollout.getClassSchema(), schemas, "rolloutId");
    this.lostScored = scored(schemas);
    this.lostPreferences = fields(Preference.getClassSchema(), schemas, "preferenceId");
    fields.put(LogSource.REQUESTS, requests(schemas));
    fields.put(
        LogSource.ROLLOUTS,
        fields(
            Rollout.getClassSchema(),
            schemas,
            "rolloutId",
            "segments.version.generation",
            "segments.version.step",
            "evaluation.responses"));
    fields.put(LogSource.SCORED, scored(schemas));
    fields.put(
        LogSource.SCORES,
        fields(Score.getClassSchema(), schemas, "rolloutId", "scorer", "rescored"));
    fields.put(
        LogSource.LETTERS,
        fields(
            DeadLetter.getClassSchema(),
            schemas,
            "topic",
            "partition",
            "offset",
            "value",
            "stage",
            "kind",
            "lostRollouts",
            "originalValueBytes"));
    fields.put(
        LogSource.PREFERENCES,
        fields(Preference.getClassSchema(), schemas, "preferenceId", "withdrawn", "comparisonId"));
    fields.put(LogSource.JUDGEMENTS, fields(Judgement.getClassSchema(), schemas, "comparisonId"));
    for (LogSource source : LogSource.values()) {
      sources.put(source.name(topics), source);
    }
  }

  private static EventFields requests(WriterSchemas schemas) {
    return fields(RolloutRequest.getClassSchema(), schemas, "requestId", "samples");
  }

  private static EventFields scored(WriterSchemas schemas) {
    return fields(ScoredRollout.getClassSchema(), schemas, "rollout.rolloutId", "requiredScorers");
  }

  private static EventFields fields(Schema event, WriterSchemas schemas, String... paths) {
    return new EventFields(event.getFullName(), schemas, List.of(paths));
  }

  @Override
  public void take(ConsumerRecord<Void, ByteBuffer> record) {
    LogSource source = sources.get(record.topic());
    if (record.value() == null) {
      return;
    }
    try {
      EventFields event = fields.get(source);
      event.read(record.value());
      long place = LogPlace.code(source, record.partition(), record.offset());
      switch (source) {
        case REQUESTS -> {
          tally.add(Count.REQUESTS);
          entries.admitted(
              event.bytes(), event.start(ID, 0), event.length(ID, 0), samples(event), place);
        }
        case ROLLOUTS -> {
          if (event.count(EVALUATION) > 0) {
            tally.add(Count.EVALUATIONS);
          } else {
            rollout(Fact.SAMPLED, 0, event, place);
          }
          for (int i = 0; i < event.count(GENERATION); i++) {
            entries.used(event.number(GENERATION, i), event.number(STEP, i), place);
          }
        }
        case SCORES -> {
          tally.add(Count.SCORES);
          if (event.count(RESCORED) > 0 && event.number(RESCORED, 0) != 0) {
            tally.add(Count.RESCORED);
          } else {
            rollout(Fact.GRADED, scorers.number(event.text(SCORER, 0)), event, place);
          }
        }
        case SCORED -> rollout(Fact.SCORED, required(event), event, place);
        case LETTERS -> letter(event, place);
        case PREFERENCES -> preference(event, place);
        case JUDGEMENTS -> entries.comparison(Fact.JUDGED, event.text(ID, 0), place);
        case STEPS, WEIGHTS -> throw new IllegalArgumentException(record.topic());
      }
    } catch (UndecodableException e) {
      // Whoever acts on it has written a dead letter about it.
      undecodable =
          undecodable.or(
              () ->
                  Optional.of(
                      record.topic()
                          + "-"
                          + record.partition()
                          + "@"
                          + record.offset()
                          + ": "
                          + e.getMessage()));
    }
  }

  /** The set of scorers that it waited for: that of the record before, in most logs. */
  private int required(EventFields scored) {
    int count = scored.count(REQUIRED);
    boolean same = count == newestSet.size();
    for (int i = 0; same && i < count; i++) {
      same = newestSet.get(i).equals(scored.text(REQUIRED, i));
    }
    if (!same) {
      List<String> set = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        set.add(scored.text(REQUIRED, i));
      }
      newestSet = set;
      newestSetNumber = scorers.set(set);
    }
    return newestSetNumber;
  }

  private static int samples(EventFields request) {
    return request.count(SAMPLES) == 0 ? 1 : (int) request.number(SAMPLES, 0);
  }

  private void rollout(Fact fact, int group, EventFields event, long place) {
    entries.rollout(fact, group, event.bytes(), event.start(ID, 0), event.length(ID, 0), place);
  }

  private void preference(EventFields event, long place) {
    boolean withdrawn = event.count(WITHDRAWN) > 0 && event.number(WITHDRAWN, 0) != 0;
    entries.preference(withdrawn ? Fact.WITHDRAWN : Fact.PREFERRED, 0, event.text(ID, 0), place);
    if (!withdrawn && event.count(COMPARISON) > 0) {
      entries.comparison(Fact.ANSWERED, event.text(COMPARISON, 0), place);
    }
  }

  private void letter(EventFields letter, long place) throws UndecodableException {
    LogSource source = sources.get(letter.text(TOPIC, 0));
    boolean counted = letter.count(LOST) > 0 && letter.number(LOST, 0) > 0;
    if (source == null) {
      return;
    }
    if (letter.count(VALUE) == 0) {
      tally.add(Count.UNREADABLE_LETTERS, counted ? 1 : 0);
      return;
    }
    Fact fact = counted ? Fact.GIVEN_UP : Fact.GIVEN_UP_TOO;
    int reason = reasons.number(letter.text(STAGE, 0), kind(letter));
    ByteBuffer value =
        ByteBuffer.wrap(letter.bytes(), letter.start(VALUE, 0), letter.length(VALUE, 0));
    try {
      lost(source, fact, reason, value, place);
    } catch (UndecodableException e) {
      // Of a letter that was cut the value is where it was read, as long as retention keeps it.
      if (!isLostByPlace(letter, source, fact, reason, place)) {
        tally.add(Count.UNREADABLE_LETTERS, counted ? 1 : 0);
      }
    }
  }

  private boolean isLostByPlace(
      EventFields letter, LogSource source, Fact fact, int reason, long place) {
    Optional<ByteBuffer> whole = letter.count(ORIGINAL) > 0 ? whole(letter) : Optional.empty();
    if (whole.isEmpty()) {
      return false;
    }
    try {
      lost(source, fact, reason, whole.get(), place);
      return true;
    } catch (UndecodableException e) {
      return false;
    }
  }

  private static String kind(EventFields letter) {
    return letter.count(KIND) == 0 ? "other" : letter.text(KIND, 0);
  }

  private Optional<ByteBuffer> whole(EventFields letter) {
    return log.record(
            new TopicPartition(letter.text(TOPIC, 0), (int) letter.number(PARTITION, 0)),
            letter.number(OFFSET, 0))
        .map(record -> ByteBuffer.wrap(record.value()));
  }

  private void lost(LogSource source, Fact fact, int reason, ByteBuffer value, long place)
      throws UndecodableException {
    switch (source) {
      case REQUESTS -> {
        lostRequests.read(value);
        for (int i = 0; i < samples(lostRequests); i++) {
          entries.sample(
              fact,
              reason,
              lostRequests.bytes(),
              lostRequests.start(ID, 0),
              lostRequests.length(ID, 0),
              i,
              place);
        }
      }
      case ROLLOUTS -> {
        lostRollouts.read(value);
        rollout(fact, reason, lostRollouts, place);
      }
      case SCORED -> {
        lostScored.read(value);
        rollout(fact, reason, lostScored, place);
      }
      case PREFERENCES -> {
        lostPreferences.read(value);
        entries.preference(Fact.REFUSED, reason, lostPreferences.text(ID, 0), place);
      }
      case SCORES, STEPS, LETTERS, JUDGEMENTS, WEIGHTS -> {}
    }
  }

  /** Makes known what was entered. */
  void flush() {
    entries.flush();
  }

  Tally tally() {
    return tally;
  }

  /** The first record that is no event, and why. */
  Optional<String> undecodable() {
    return undecodable;
  }
}
