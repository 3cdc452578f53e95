package org.rlhfstreams.cli.logging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.StepReport;
import org.rlhfstreams.schemas.WeightVersions;

/** A JSON object for each step, one a line: step, total_steps, policy_version and its metrics. */
public final class StepObjects implements StepListener {
  private final ObjectMapper json = new ObjectMapper();
  private final PrintStream out;

  public StepObjects(PrintStream out) {
    this.out = out;
  }

  @Override
  public void stepped(StepReport report) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("step", report.step());
    report.totalSteps().ifPresent(total -> object.put("total_steps", total));
    object.put("policy_version", WeightVersions.text(report.version()));
    object.putAll(new TreeMap<>(report.metrics()));
    try {
      out.println(json.writeValueAsString(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers are always printable", e);
    }
    out.flush();
  }
}
