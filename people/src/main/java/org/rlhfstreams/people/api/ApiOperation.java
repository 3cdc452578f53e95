package org.rlhfstreams.people.api;

import io.vertx.core.Future;

/** Does what one operation of the document says, for a request that has been let in and checked. */
interface ApiOperation {
  /** May throw or fail with a {@link org.rlhfstreams.people.problems.ProblemException}. */
  Future<ApiResponse> answer(OperationRequest request);
}
