package org.rlhfstreams.people.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Who looks on by Server-Sent Events. All are sent the same bytes. One who reads slower than the
 * news comes is let go when a megabyte waits for them; the browser comes back by itself and asks
 * for what there is.
 */
public final class EventViewers {
  private static final int MOST = 2_000;
  private static final int MOST_WAITING = 1 << 20;
  private static final Buffer STILL_HERE = Buffer.buffer(": still here\n\n");

  private final Map<HttpServerResponse, BooleanSupplier> viewers = new ConcurrentHashMap<>();

  /**
   * Begins to send to someone.
   *
   * @param stillMay whether they still may look on, asked now and then
   * @return false where there are too many
   */
  public boolean add(HttpServerResponse response, BooleanSupplier stillMay) {
    if (viewers.size() >= MOST) {
      return false;
    }
    response
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("X-Accel-Buffering", "no")
        .setWriteQueueMaxSize(MOST_WAITING)
        .setChunked(true)
        .exceptionHandler(gone -> viewers.remove(response))
        .closeHandler(closed -> viewers.remove(response));
    viewers.put(response, stillMay);
    response.write(Buffer.buffer("retry: 2000\n\n"));
    return true;
  }

  /** How many look on. */
  public int count() {
    return viewers.size();
  }

  /** Sends what is new to all. */
  public void send(Iterable<LiveFeed.News> news) {
    if (viewers.isEmpty()) {
      return;
    }
    Buffer buffer = Buffer.buffer();
    for (LiveFeed.News one : news) {
      // JSON has no line breaks outside its strings, and escapes those inside.
      buffer.appendString("event: " + one.sort() + "\ndata: " + one.data().encode() + "\n\n");
    }
    if (buffer.length() > 0) {
      write(buffer);
    }
  }

  /** Says that the connection holds, and ends those who may look on no longer. */
  public void renew() {
    for (Map.Entry<HttpServerResponse, BooleanSupplier> viewer : viewers.entrySet()) {
      if (!viewer.getValue().getAsBoolean()) {
        drop(viewer.getKey());
      }
    }
    write(STILL_HERE);
  }

  private void write(Buffer buffer) {
    Iterator<HttpServerResponse> each = viewers.keySet().iterator();
    while (each.hasNext()) {
      HttpServerResponse response = each.next();
      if (response.ended() || response.closed()) {
        each.remove();
      } else if (response.writeQueueFull()) {
        drop(response);
      } else {
        response.write(buffer);
      }
    }
  }

  private void drop(HttpServerResponse response) {
    viewers.remove(response);
    response.reset();
  }
}
