package org.rlhfstreams.service.lineage;

import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/** What can be followed through the log, by how its id begins. */
public final class TraceableIds {
  private static final int MOST = 1_000;

  private TraceableIds() {}

  /**
   * Ids of requests, judgements and preferences that begin so, in their order; of a rollout's id
   * its request. No more than 1,000 of each.
   *
   * @throws ExecutionException if the broker does not answer
   */
  public static Collection<String> beginning(KafkaConnection connection, String prefix)
      throws ExecutionException, InterruptedException {
    NavigableSet<String> requests = new TreeSet<>();
    NavigableSet<String> said = new TreeSet<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      for (Topic released :
          List.of(
              connection.topics().rolloutRequests(), connection.topics().evaluationRequests())) {
        log.read(
            released,
            connection.decoder(RolloutRequest.class),
            (record, request) -> {
              String id = request.getRequestId();
              if (id.startsWith(prefix) || isRolloutOf(prefix, id)) {
                keep(id, requests);
              }
            });
      }
      log.read(
          connection.topics().judgements(),
          connection.decoder(Judgement.class),
          (record, judgement) -> keepBeginning(prefix, judgement.getJudgementId(), said));
      log.read(
          connection.topics().preferences(),
          connection.decoder(Preference.class),
          (record, preference) -> keepBeginning(prefix, preference.getPreferenceId(), said));
    }
    requests.addAll(said);
    return requests;
  }

  private static boolean isRolloutOf(String id, String requestId) {
    int sample = id.lastIndexOf('/');
    return sample == requestId.length() && id.startsWith(requestId);
  }

  private static void keepBeginning(String prefix, String id, NavigableSet<String> found) {
    if (id.startsWith(prefix)) {
      keep(id, found);
    }
  }

  private static void keep(String id, NavigableSet<String> found) {
    found.add(id);
    if (found.size() > MOST) {
      found.pollLast();
    }
  }
}
