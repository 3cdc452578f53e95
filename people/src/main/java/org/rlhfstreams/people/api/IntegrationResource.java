package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.people.integrations.ArgillaFormat;
import org.rlhfstreams.people.integrations.LabelStudioFormat;
import org.rlhfstreams.people.integrations.Revision;
import org.rlhfstreams.people.live.ComparisonsView;

/** The ways from and to annotation tools. */
final class IntegrationResource {
  private final ComparisonsView comparisons;
  private final RevisionPublisher publisher;
  private final Clock clock;

  IntegrationResource(ComparisonsView comparisons, RevisionPublisher publisher, Clock clock) {
    this.comparisons = comparisons;
    this.publisher = publisher;
    this.clock = clock;
  }

  Future<ApiResponse> receiveArgilla(OperationRequest request) {
    return receive(
        request,
        ArgillaFormat.read(request.body(), request.caller().name(), clock.instant()).stream()
            .toList());
  }

  Future<ApiResponse> receiveLabelStudio(OperationRequest request) {
    return receive(
        request, LabelStudioFormat.read(request.body(), request.caller().name(), clock.instant()));
  }

  /**
   * A tool sends again what is not answered 200: what never will be in order must be refused so.
   */
  private Future<ApiResponse> receive(OperationRequest request, List<Revision> revisions) {
    for (Revision revision : revisions) {
      revision.preference().ifPresent(PreferenceReader::requireSize);
    }
    return request.when(
        SubmissionOutcome.answer(
            revisions.stream()
                .map(revision -> publisher.revise(revision, clock.instant()))
                .toList()));
  }

  Future<ApiResponse> exportArgilla(OperationRequest request) {
    return Future.succeededFuture(ApiResponse.of(200, ArgillaFormat.export(open(request))));
  }

  Future<ApiResponse> exportLabelStudio(OperationRequest request) {
    return Future.succeededFuture(ApiResponse.of(200, LabelStudioFormat.export(open(request))));
  }

  /** Not gold questions: their answers are no preferences, and a task would say which they are. */
  private List<Comparison> open(OperationRequest request) {
    return comparisons.open().stream()
        .filter(comparison -> comparison.getExpected() == null)
        .limit(request.query("limit", 500))
        .toList();
  }
}
