package org.rlhfstreams.people.problems;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** A request that is not done: the status, what is wrong, and at which field. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String title;
  private final String field;
  private final Duration retryAfter;

  private ProblemException(
      int status, String title, String detail, String field, Duration retryAfter) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /** A refusal of the whole request. */
  public static ProblemException of(int status, String title, String detail) {
    return new ProblemException(status, title, detail, null, null);
  }

  /**
   * A refusal because of one field.
   *
   * @param field name of a member of the body, of a parameter or of a header; a path with dots and
   *     indices where it lies deeper
   */
  public static ProblemException at(String field, int status, String title, String detail) {
    return new ProblemException(status, title, detail, field, null);
  }

  /** A request that can be made again, unchanged. */
  public static ProblemException later(
      int status, String title, String detail, Duration retryAfter) {
    return new ProblemException(status, title, detail, null, retryAfter);
  }

  /** Of the HTTP answer. */
  public int status() {
    return status;
  }

  /** The field at fault, where there is one. */
  public Optional<String> field() {
    return Optional.ofNullable(field);
  }

  /** When to ask again, where that helps. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The body of the answer. */
  public JsonObject body() {
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", title)
            .put("status", status)
            .put("detail", getMessage());
    return field == null ? body : body.put("field", field);
  }
}
