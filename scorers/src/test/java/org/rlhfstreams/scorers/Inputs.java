package org.rlhfstreams.scorers;

import java.util.List;
import java.util.Map;

/** Responses for tests. */
public final class Inputs {
  private Inputs() {}

  /** A response to a prompt with metadata. */
  public static ScorerInput answered(String response, Map<String, String> metadata) {
    return new ScorerInput(
        "p1/0/0", "p1/0", "What?", List.of(), response, response.length() / 4, false, metadata);
  }

  /** A response of a group. */
  public static ScorerInput of(String group, int sample, String response) {
    return new ScorerInput(
        group + "/" + sample,
        group,
        "What?",
        List.of(new ScorerMessage("user", "What?")),
        response,
        response.length() / 4,
        false,
        Map.of("answer", "42"));
  }
}
