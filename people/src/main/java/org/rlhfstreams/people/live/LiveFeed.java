package org.rlhfstreams.people.live;

import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is new since it was last taken: of each sort the newest few, however much comes. Who needs
 * all of it asks for it; this is for looking on.
 */
public final class LiveFeed {
  private static final int MOST_OF_A_SORT = 50;

  private final Map<String, Deque<JsonObject>> bySort = new LinkedHashMap<>();
  private volatile boolean open;

  /**
   * One thing that is new.
   *
   * @param sort name of the event
   * @param data as the API tells it
   */
  public record News(String sort, JsonObject data) {}

  /** From now on there is news; what the log said before is none. */
  public void open() {
    open = true;
  }

  /**
   * Something is new.
   *
   * @param data made only where somebody may see it
   */
  public void tell(String sort, Supplier<JsonObject> data) {
    if (!open) {
      return;
    }
    JsonObject made = data.get();
    synchronized (bySort) {
      Deque<JsonObject> sorts = bySort.computeIfAbsent(sort, any -> new ArrayDeque<>());
      sorts.addLast(made);
      if (sorts.size() > MOST_OF_A_SORT) {
        sorts.removeFirst();
      }
    }
  }

  /** What has come since the last time, in the order of each sort. */
  public List<News> take() {
    List<News> news = new ArrayList<>();
    synchronized (bySort) {
      bySort.forEach((sort, data) -> data.forEach(one -> news.add(new News(sort, one))));
      bySort.clear();
    }
    return news;
  }
}
