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
record Answer(int status, String body, boolean open) {
  static Answer of(int status, JsonObject body) {
    return new Answer(status, body.encode(), false);
  }

  static Answer of(int status, JsonArray body) {
    return new Answer(status, body.encode(), false);
  }

  static Answer nothing() {
    return new Answer(204, null, false);
  }

  static Answer stream() {
    return new Answer(200, null, true);
  }
}
