package org.rlhfstreams.cli.logging;

import java.util.Map;
import java.util.TreeMap;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.StepReport;
import org.rlhfstreams.schemas.WeightVersions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** A log entry a step, with every metric as a pair of name and value. */
public final class StepLog implements StepListener {
  private static final Logger LOG = LoggerFactory.getLogger(StepLog.class);

  @Override
  public void began(String data) {
    LOG.info("reading {}", data);
  }

  @Override
  public void stepped(StepReport report) {
    LoggingEventBuilder entry =
        LOG.atInfo()
            .addKeyValue("step", report.step())
            .addKeyValue("policy_version", WeightVersions.text(report.version()));
    for (Map.Entry<String, Double> metric : new TreeMap<>(report.metrics()).entrySet()) {
      entry = entry.addKeyValue(metric.getKey(), metric.getValue());
    }
    entry.log("step");
  }
}
