package org.rlhfstreams.people.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.JsonObject;
import org.rlhfstreams.datasets.BadRowException;
import org.rlhfstreams.datasets.SingleRow;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.people.problems.ProblemException;

/**
 * The rule that what requests bring is read as the rows of files are: the same shapes, checks and
 * messages.
 */
final class RequestRow {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode columns;
  private final String path;

  /**
   * A row of a request.
   *
   * @param body its columns, under the names that files have for them
   * @param path of it in the request, for messages; empty if it is the body
   */
  RequestRow(JsonObject body, String path) {
    this.path = path;
    try {
      this.columns = (ObjectNode) JSON.readTree(body.encode());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that was read is not JSON", e);
    }
  }

  /**
   * The prompt that it is.
   *
   * @throws ProblemException if it cannot be used
   */
  Prompt prompt(String source) {
    try {
      return SingleRow.prompt(columns, source);
    } catch (BadRowException e) {
      throw refused(e);
    }
  }

  /**
   * The preference that it is.
   *
   * @throws ProblemException if it cannot be used
   */
  Preference preference(String source) {
    try {
      return SingleRow.preference(columns, source);
    } catch (BadRowException e) {
      throw refused(e);
    }
  }

  private ProblemException refused(BadRowException bad) {
    return ProblemException.at(
        path.isEmpty() ? "body" : path, 400, "Invalid request", bad.getMessage());
  }
}
