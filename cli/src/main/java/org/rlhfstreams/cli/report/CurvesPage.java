package org.rlhfstreams.cli.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.rlhfstreams.evaluation.result.SelfContainedPage;

/** The page of one run's curves, or of several runs' over each other. */
public final class CurvesPage {
  private CurvesPage() {}

  /**
   * Writes the page.
   *
   * @param runs in the order of their colours
   */
  public static void write(Path file, List<RecordedRun> runs) {
    List<Map<String, Object>> shown = new ArrayList<>();
    for (RecordedRun run : runs) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", run.name());
      one.put("objective", run.objective());
      one.put("newest", run.newest().toString());
      one.put("steps", List.copyOf(run.steps().keySet()));
      one.put("metrics", columns(run));
      one.put("settings", run.settings());
      shown.add(one);
    }
    new SelfContainedPage(CurvesPage.class, "curves.html").write(file, Map.of("runs", shown));
  }

  /** Values in the order of the steps, null where a step has none. */
  private static Map<String, List<Double>> columns(RecordedRun run) {
    Set<String> names = new TreeSet<>();
    run.steps().values().forEach(step -> names.addAll(step.keySet()));
    Map<String, List<Double>> columns = new LinkedHashMap<>();
    for (String name : names) {
      List<Double> column = new ArrayList<>();
      run.steps().values().forEach(step -> column.add(finite(step.get(name))));
      columns.put(name, column);
    }
    return columns;
  }

  private static Double finite(Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }
}
