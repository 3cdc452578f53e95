package org.rlhfstreams.schemas;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Which trace a record belongs to, in its header {@code traceparent} as W3C's Trace Context has it.
 *
 * @param text version, trace id, span id and flags, such as {@code
 *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}
 */
public record TraceParent(String text) {
  /** The header's name. */
  public static final String HEADER = "traceparent";

  private static final Pattern FORM =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  /** That of a record; empty where it has none, or one that is none. */
  public static Optional<TraceParent> of(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    if (header == null || header.value() == null) {
      return Optional.empty();
    }
    String text = new String(header.value(), StandardCharsets.US_ASCII);
    return FORM.matcher(text).matches() ? Optional.of(new TraceParent(text)) : Optional.empty();
  }

  /** Headers of a new record that belongs to a trace, if to any. */
  public static Headers headers(Optional<TraceParent> trace) {
    Headers headers = new RecordHeaders();
    trace.ifPresent(parent -> parent.into(headers));
    return headers;
  }

  /** Makes it the only one of a record. */
  public void into(Headers headers) {
    headers.remove(HEADER).add(HEADER, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The trace, 32 hexadecimal digits. */
  public String traceId() {
    return text.substring(3, 35);
  }

  /** What it follows from within the trace, 16 hexadecimal digits. */
  public String spanId() {
    return text.substring(36, 52);
  }
}
