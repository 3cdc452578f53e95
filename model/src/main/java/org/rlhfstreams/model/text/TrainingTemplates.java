package org.rlhfstreams.model.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Templates that mark what the assistant says, in place of published ones that do not: TRL's, known
 * by the digest of what they take the place of, to the character.
 */
final class TrainingTemplates {
  private static final String DIRECTORY = "/chat-templates/";

  private static final Map<String, String> NAMES_BY_DIGEST =
      Map.of(
          "b675cf0e4501696fb24ab43c", "llama3",
          "82f046ec90533777c22bf232", "qwen2_5",
          "535cac6242c263485d2bf863", "qwen3",
          "0ee38ae3e73e15e4720ea462", "qwen3_instruct_2507",
          "59f0541bcd9c75f8cdbb6efc", "deepseek_r1_distill");

  private TrainingTemplates() {}

  /** The one that takes a template's place; empty if there is none. */
  static Optional<ChatTemplateFiles.Source> inPlaceOf(ChatTemplateFiles.Source published) {
    return Optional.ofNullable(NAMES_BY_DIGEST.get(published.digest().shortText()))
        .map(TrainingTemplates::read);
  }

  /** What there is, for messages. */
  static String names() {
    return String.join(", ", NAMES_BY_DIGEST.values().stream().sorted().toList());
  }

  private static ChatTemplateFiles.Source read(String name) {
    String file = String.format(Locale.ROOT, "%s%s_training.jinja", DIRECTORY, name);
    try (InputStream resource = TrainingTemplates.class.getResourceAsStream(file)) {
      return ChatTemplateFiles.Source.compile(
          Path.of(file), new String(resource.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is not in this program", e);
    }
  }
}
