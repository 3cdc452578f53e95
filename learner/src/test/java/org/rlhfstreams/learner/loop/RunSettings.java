package org.rlhfstreams.learner.loop;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.rlhfstreams.embedded.EmbeddedStack;

/** Where a run of a test has its topics and its files. */
final class RunSettings {
  private RunSettings() {}

  /**
   * Settings to add to.
   *
   * @param run the topics' prefix and the folders' names
   */
  static Map<String, String> of(EmbeddedStack stack, Path directory, String run) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("connection.topic-prefix", run + ".");
    settings.put("admission.staleness", "1000"); // synthetic rollouts are all of the first version
    settings.put("learner.output", directory.resolve(run).toString());
    settings.put("learner.checkpoint-directory", directory.resolve(run + "-ck").toString());
    return settings;
  }
}
