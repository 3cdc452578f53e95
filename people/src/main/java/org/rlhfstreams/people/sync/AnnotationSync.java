package org.rlhfstreams.people.sync;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings what an annotation tool has and the log lacks: new and changed annotations, and that some
 * were deleted. A deletion is believed only of an annotation whose task is still there, and which
 * the tool itself says it does not have: a project that was tidied away takes nothing back.
 */
public final class AnnotationSync {
  private static final int MOST_TOGETHER = 100;
  private static final int MOST_BYTES = 400_000;

  private final LabelStudioClient tool;
  private final PeopleClient people;

  public AnnotationSync(LabelStudioClient tool, PeopleClient people) {
    this.tool = tool;
    this.people = people;
  }

  /**
   * What a run has done.
   *
   * @param tasks that the project has
   * @param annotations of those
   * @param added that the log did not have
   * @param known that it had, or of which it had something newer
   * @param deleted that it had, and the tool has no more
   * @param problems why others were left out
   */
  public record Outcome(
      long tasks, long annotations, long added, long known, long deleted, List<String> problems) {}

  /** Brings what a project has. */
  public Outcome run(int project) {
    Run run = new Run();
    tool.tasks(project, run::take);
    run.send();
    return run.outcome();
  }

  /** One reading of a project. */
  private final class Run {
    private final List<JsonObject> waiting = new ArrayList<>();
    private final List<String> waitingIds = new ArrayList<>();
    private final Set<String> present = new HashSet<>();
    private final Set<String> missing = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();
    private long bytes;
    private long tasks;
    private long annotations;
    private long added;

    void take(JsonObject task) {
      long size = task.encode().getBytes(StandardCharsets.UTF_8).length;
      if (!waiting.isEmpty() && (waiting.size() == MOST_TOGETHER || bytes + size > MOST_BYTES)) {
        send();
      }
      waiting.add(task);
      bytes += size;
      tasks++;
      for (Object annotation : task.getJsonArray("annotations")) {
        String id = String.valueOf(((JsonObject) annotation).getValue("id"));
        present.add(id);
        waitingIds.add(id);
        annotations++;
      }
    }

    void send() {
      if (waiting.isEmpty()) {
        return;
      }
      people
          .send(waiting)
          .ifPresentOrElse(
              this::note,
              () ->
                  problems.add(
                      "task "
                          + waiting.get(0).getValue("id")
                          + ": it is larger than people.largest-request"));
      waiting.clear();
      waitingIds.clear();
      bytes = 0;
    }

    private void note(JsonObject answer) {
      added += answer.getInteger("accepted");
      for (Object one : answer.getJsonArray("refused")) {
        JsonObject refused = (JsonObject) one;
        problems.add(
            "annotation "
                + waitingIds.get(refused.getInteger("index"))
                + ": "
                + refused.getString("detail"));
      }
      answer.getJsonArray("missing", JsonArray.of()).forEach(id -> missing.add((String) id));
    }

    Outcome outcome() {
      List<String> gone =
          missing.stream().filter(id -> !present.contains(id)).filter(tool::isGone).toList();
      long deleted = 0;
      for (int from = 0; from < gone.size(); from += MOST_TOGETHER) {
        deleted += people.delete(gone.subList(from, Math.min(gone.size(), from + MOST_TOGETHER)));
      }
      return new Outcome(
          tasks,
          annotations,
          added,
          annotations - added - problems.size(),
          deleted,
          List.copyOf(problems));
    }
  }
}
