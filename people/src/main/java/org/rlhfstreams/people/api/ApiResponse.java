package org.rlhfstreams.people.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * What a request is answered.
 *
 * @param status of HTTP
 * @param body JSON, or null for none
 * @param open whether the answer has been begun and goes on by itself
 */
record ApiResponse(int status, String body, boolean open) {
  static ApiResponse of(int status, JsonObject body) {
    return new ApiResponse(status, body.encode(), false);
  }

  static ApiResponse of(int status, JsonArray body) {
    return new ApiResponse(status, body.encode(), false);
  }

  static ApiResponse nothing() {
    return new ApiResponse(204, null, false);
  }

  static ApiResponse stream() {
    return new ApiResponse(200, null, true);
  }
}
