package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A request that gets an error for an answer, in OpenAI's shape. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final int status;
  private final String type;
  private final String parameter;
  private final String code;

  private ApiException(int status, String type, String message, String parameter, String code) {
    super(message);
    this.status = status;
    this.type = type;
    this.parameter = parameter;
    this.code = code;
  }

  /** The caller must change a field. */
  static ApiException badRequest(String parameter, String message) {
    return new ApiException(400, "invalid_request_error", message, parameter, null);
  }

  /** The caller must change something, with another status than 400. */
  static ApiException refused(int status, String message, String parameter, String code) {
    return new ApiException(status, "invalid_request_error", message, parameter, code);
  }

  /** The caller may try again. */
  static ApiException busy(int status, String message) {
    return status == 429
        ? new ApiException(status, "rate_limit_error", message, null, "rate_limit_exceeded")
        : new ApiException(status, "server_error", message, null, "unavailable");
  }

  /** The caller can do nothing. */
  static ApiException failed() {
    return new ApiException(
        500, "server_error", "the completion has failed; the worker's log says why", null, null);
  }

  int status() {
    return status;
  }

  /** Whether the same request may succeed some seconds later. */
  boolean passes() {
    return status == 429 || status == 503;
  }

  ObjectNode json() {
    ObjectNode json = MAPPER.createObjectNode();
    json.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", parameter)
        .put("code", code);
    return json;
  }
}
