package org.rlhfstreams.cli.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.events.Prompt;

/** First sentences of stories that the starter models were not trained on. */
final class HeldOutOpenings {
  private static final int SHOWN = 6;

  private HeldOutOpenings() {}

  /** Those that a run samples from. */
  static List<Prompt> prompts() {
    List<String> openings = all();
    List<Prompt> prompts = new ArrayList<>();
    for (int i = SHOWN; i < openings.size(); i++) {
      prompts.add(
          Prompt.newBuilder()
              .setPromptId("opening-" + i)
              .setText(openings.get(i))
              .setSource("held-out-openings")
              .setCreatedAt(Instant.now())
              .build());
    }
    return prompts;
  }

  /** Those that no run samples from, to show the same story before and after. */
  static List<String> shown() {
    return all().subList(0, SHOWN);
  }

  private static List<String> all() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                HeldOutOpenings.class.getResourceAsStream("held-out-openings.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
