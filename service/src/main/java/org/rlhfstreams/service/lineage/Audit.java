package org.rlhfstreams.service.lineage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.InputPosition;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.schemas.WriterSchemas;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.ledger.Ledger;
import org.rlhfstreams.service.log.BulkReader;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.log.LogEnds;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws up the account from the log, while the run goes on or after it. How far the stages have
 * come is asked first, then where the topics end, downstream before upstream: so what a stage has
 * done with is seen behind it, and what is seen downstream is seen upstream too. Each topic is read
 * once up to there, in any order.
 */
public final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);
  private static final long STRETCH = 200_000;
  private static final long WHOLE = 1L << 60;
  private static final int NAMED = 20;
  private static final int WEIGHT_ATTEMPTS = 5;
  private static final List<LogSource> DOWNSTREAM_FIRST =
      List.of(
          LogSource.STEPS,
          LogSource.LETTERS,
          LogSource.SCORED,
          LogSource.SCORES,
          LogSource.ROLLOUTS,
          LogSource.REQUESTS,
          LogSource.PREFERENCES,
          LogSource.JUDGEMENTS);

  private final KafkaConnection connection;
  private final AuditSettings settings;
  private final String prefix;
  private final Map<TopicPartition, Long> beginnings = new HashMap<>();
  private final Set<LogSource> cut = EnumSet.noneOf(LogSource.class);
  private final LogProgress progress = new LogProgress();
  private final ScorerNames scorers = new ScorerNames();
  private final Map<String, Long> learners = new HashMap<>();
  private final Map<String, StepSequence> runs = new LinkedHashMap<>();
  private final Tally tally = new Tally();
  private final Map<TopicPartition, Long> early = new HashMap<>();
  private final Map<LogSource, Map<TopicPartition, Long>> ends = new HashMap<>();
  private Optional<KeptWeights> weights = Optional.empty();
  private AuditFigures figures = new AuditFigures(0, 0, 0, 0, 0);

  /** An audit as it is usually made. */
  public Audit(KafkaConnection connection) {
    this(connection, AuditSettings.usual());
  }

  public Audit(KafkaConnection connection, AuditSettings settings) {
    this.connection = connection;
    this.settings = settings;
    this.prefix = connection.configuration().connection().topicPrefix();
  }

  /**
   * Reads everything, once.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a transaction stays open, or there is no
   *     room for what is remembered
   * @throws ExecutionException if the broker does not answer
   */
  public Account account() throws ExecutionException, InterruptedException {
    long started = System.nanoTime();
    try (CommittedLog log = new CommittedLog(connection);
        Admin admin = connection.admin()) {
      askProgress(log);
      early.putAll(ends(admin, LogSource.STEPS));
      if (settings.weights()) {
        weights = weights(admin);
      }
      for (LogSource source : DOWNSTREAM_FIRST) {
        ends.put(source, ends(admin, source));
      }
      try (Ledger ledger = new Ledger(settings.directory(), expected())) {
        BulkReader reader =
            new BulkReader(connection::bulkConsumer, settings.threads(), STRETCH, LONGEST_SILENCE);
        LetterReasons reasons = new LetterReasons();
        read(log, reader, ledger, reasons);
        long readBy = System.nanoTime();
        List<StepSequence> sequences = List.copyOf(runs.values());
        sequences.forEach(this::placed);
        Account account =
            Account.of(
                ledger,
                tally,
                progress,
                sequences,
                reasons.all(),
                scorers,
                cut,
                connection.topics(),
                settings.threads());
        figures =
            new AuditFigures(
                reader.records(),
                reader.bytes(),
                (readBy - started) / 1e9,
                (System.nanoTime() - readBy) / 1e9,
                ledger.fileBytes());
        new FindingNames(connection, log).name(account, NAMED);
        return account;
      }
    }
  }

  /** Steps are few, but have to be read in order: one thread does, beside the others. */
  private void read(CommittedLog log, BulkReader reader, Ledger ledger, LetterReasons reasons)
      throws ExecutionException, InterruptedException {
    Tally stepTally = new Tally();
    FutureTask<Void> steps = new FutureTask<>(() -> readSteps(ledger, stepTally), null);
    Thread thread = new Thread(steps, "audit-steps");
    thread.setDaemon(true);
    thread.start();
    try {
      readRecords(log, reader, ledger, reasons);
      steps.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    } finally {
      steps.cancel(true);
    }
    tally.addAll(stepTally);
  }

  /** What the newest account took. */
  public AuditFigures figures() {
    return figures;
  }

  /** Topics whose first records retention has removed; they are audited from there on. */
  public List<String> cutTopics() {
    return cut.stream().map(source -> source.name(connection.topics())).toList();
  }

  /**
   * By what the log itself says: a broker forgets the offsets of a group that rests for long. They
   * count for releases that wrote no positions.
   */
  private void askProgress(CommittedLog log) throws ExecutionException, InterruptedException {
    Map<String, Map<TopicPartition, Long>> reached = new HashMap<>();
    log.read(
        connection.topics().positions(),
        connection.decoder(InputPosition.class),
        (record, position) ->
            reached
                .computeIfAbsent(position.getGroup(), any -> new HashMap<>())
                .put(
                    new TopicPartition(position.getTopic(), position.getPartition()),
                    position.getOffset()));
    for (Map.Entry<String, LogSource> stage :
        Map.of(
                GroupNames.ROLLOUT_WORKERS, LogSource.REQUESTS,
                GroupNames.REWARD_SERVICE, LogSource.ROLLOUTS)
            .entrySet()) {
      String group = prefix + stage.getKey();
      Map<TopicPartition, Long> offsets = new HashMap<>(log.committed(group));
      offsets.putAll(reached.getOrDefault(group, Map.of()));
      offsets.forEach(
          (partition, offset) -> {
            if (partition.topic().equals(stage.getValue().name(connection.topics()))) {
              progress.reached(stage.getValue(), partition.partition(), offset);
            }
          });
    }
    askScores(log, reached);
    String learner = prefix + GroupNames.LEARNERS;
    reached.forEach(
        (group, offsets) -> {
          if (group.startsWith(learner)) {
            offsets
                .values()
                .forEach(
                    offset -> learners.put(prefix + group.substring(learner.length()), offset));
          }
        });
  }

  private void askScores(CommittedLog log, Map<String, Map<TopicPartition, Long>> reached)
      throws ExecutionException, InterruptedException {
    String scorer = prefix + GroupNames.SCORERS;
    String rollouts = LogSource.ROLLOUTS.name(connection.topics());
    reached.forEach(
        (group, offsets) -> {
          if (group.startsWith(scorer)) {
            int number = scorers.number(group.substring(scorer.length()));
            offsets.forEach(
                (partition, offset) -> {
                  if (partition.topic().equals(rollouts)) {
                    progress.reachedByScorer(number, partition.partition(), offset);
                  }
                });
          }
        });
    // Those of Kafka Streams are in the transaction of what the records before them became.
    log.committed(prefix + GroupNames.TOPOLOGIES)
        .forEach(
            (partition, offset) -> {
              for (LogSource source : List.of(LogSource.ROLLOUTS, LogSource.SCORES)) {
                if (partition.topic().equals(source.name(connection.topics()))) {
                  progress.reachedByJoin(source, partition.partition(), offset);
                }
              }
            });
  }

  private void placed(StepSequence run) {
    Optional.ofNullable(learners.get(run.runId()))
        .ifPresent(offset -> progress.reached(run.index(), offset));
  }

  private Map<TopicPartition, Long> ends(Admin admin, LogSource source)
      throws ExecutionException, InterruptedException {
    String topic = source.name(connection.topics());
    List<TopicPartition> partitions = new ArrayList<>();
    admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .get()
        .get(topic)
        .partitions()
        .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    partitions.forEach(partition -> earliest.put(partition, OffsetSpec.earliest()));
    admin
        .listOffsets(earliest)
        .all()
        .get()
        .forEach(
            (partition, beginning) -> {
              beginnings.put(partition, beginning.offset());
              if (beginning.offset() > 0 && source != LogSource.WEIGHTS) {
                cut.add(source);
              }
            });
    return LogEnds.written(admin, partitions, LONGEST_SILENCE);
  }

  private long expected() {
    long records = 0;
    for (Map<TopicPartition, Long> partitions : ends.values()) {
      for (Map.Entry<TopicPartition, Long> end : partitions.entrySet()) {
        records += end.getValue() - beginnings.get(end.getKey());
      }
    }
    return 2 * records; // a step is a record, but learns from a batch
  }

  /** The learner removes old versions while they are read; then they are read again. */
  private Optional<KeptWeights> weights(Admin admin)
      throws ExecutionException, InterruptedException {
    for (int attempt = 0; attempt < WEIGHT_ATTEMPTS; attempt++) {
      KeptWeights kept = new KeptWeights(connection.writerSchemas());
      Map<TopicPartition, Long> weightEnds = ends(admin, LogSource.WEIGHTS);
      BulkReader reader = new BulkReader(connection::bulkConsumer, 1, WHOLE, LONGEST_SILENCE);
      reader.read(beginnings, weightEnds, () -> kept);
      if (reader.shortened().isEmpty()) {
        return Optional.of(kept);
      }
    }
    LOG.warn(
        "versions of weights are removed faster than they can be read: steps without weights are"
            + " not looked for");
    return Optional.empty();
  }

  private void readSteps(Ledger ledger, Tally stepTally) {
    AccountEntries entries = new AccountEntries(ledger);
    boolean whole = !cut.contains(LogSource.STEPS);
    try (TopicReader reader =
        TopicReader.ofTopics(
            connection::boundedConsumer, List.of(connection.topics().trainingMetrics().name()))) {
      reader.readTo(
          ends.get(LogSource.STEPS),
          RecordHandler.decoding(
              connection.decoder(StepMetrics.class),
              (record, step) -> {
                long place = LogPlace.code(LogSource.STEPS, record.partition(), record.offset());
                runs.computeIfAbsent(
                        step.getRunId(),
                        id -> new StepSequence(runs.size(), id, step.getObjective()))
                    .take(step, place, whole, entries, stepTally);
                requireWeights(record, step, place, stepTally);
              },
              (record, reason) -> {}),
          LONGEST_SILENCE);
    }
    weights.ifPresent(kept -> kept.known(entries));
    entries.flush();
  }

  /** Of a step that was there before the weights were read. */
  private void requireWeights(
      ConsumerRecord<?, ?> record, StepMetrics step, long place, Tally stepTally) {
    if (weights.isPresent()
        && isBefore(early, record)
        && StepSequence.leavesWeights(step)
        && weights.get().misses(step.getVersion())) {
      stepTally.find(
          Problem.WEIGHTS,
          "step "
              + WeightVersions.text(step.getVersion())
              + " of "
              + step.getRunId()
              + " has left no weights",
          Finding.NAMELESS,
          place);
    }
  }

  private static boolean isBefore(Map<TopicPartition, Long> ends, ConsumerRecord<?, ?> record) {
    return record.offset()
        < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
  }

  private void readRecords(
      CommittedLog log, BulkReader reader, Ledger ledger, LetterReasons reasons)
      throws InterruptedException {
    Map<TopicPartition, Long> all = new HashMap<>();
    ends.forEach(
        (source, partitions) -> {
          if (source != LogSource.STEPS) {
            all.putAll(partitions);
          }
        });
    List<AuditedRecords> readers = new ArrayList<>();
    WriterSchemas schemas = connection.writerSchemas();
    reader.read(
        beginnings,
        all,
        () -> {
          AuditedRecords own =
              new AuditedRecords(
                  connection, log, new AccountEntries(ledger), reasons, scorers, schemas);
          synchronized (readers) {
            readers.add(own);
          }
          return own;
        });
    for (TopicPartition partition : reader.shortened()) {
      LogSource.named(partition.topic(), connection.topics()).ifPresent(cut::add);
    }
    Set<String> told = new HashSet<>();
    for (AuditedRecords own : readers) {
      own.flush();
      tally.addAll(own.tally());
      own.undecodable()
          .ifPresent(
              reason -> {
                if (told.add(reason)) {
                  LOG.warn("records that cannot be decoded are on no account, such as: {}", reason);
                }
              });
    }
  }
}
