package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import org.rlhfstreams.people.access.Gate;
import org.rlhfstreams.people.live.EventViewers;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/** The stream of what is new. */
final class EventResource {
  private final EventViewers viewers;
  private final Gate gate;

  EventResource(EventViewers viewers, Gate gate) {
    this.viewers = viewers;
    this.gate = gate;
  }

  Future<ApiResponse> stream(OperationRequest request) {
    HttpServerRequest asked = request.context().request();
    if (!viewers.add(request.context().response(), () -> gate.stillHolds(asked, "streamEvents"))) {
      throw ProblemException.later(
          503, "Too many look on", "no more streams are open at once", PublishedOnce.RETRY_AFTER);
    }
    return Future.succeededFuture(ApiResponse.stream());
  }
}
