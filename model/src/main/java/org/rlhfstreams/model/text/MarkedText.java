package org.rlhfstreams.model.text;

import java.util.List;
import org.rlhfstreams.templates.Rendering;

/**
 * A rendered conversation in which the assistant's own words are marked.
 *
 * @param text all of it
 * @param assistant parts of the text, in the order in which the template gave them
 */
public record MarkedText(String text, List<Part> assistant) {
  /**
   * A part of the text, in code points, as tokenizers count characters.
   *
   * @param start of its first character
   * @param end behind its last one
   */
  public record Part(int start, int end) {}

  public MarkedText {
    assistant = List.copyOf(assistant);
  }

  static MarkedText of(Rendering rendering) {
    return new MarkedText(
        rendering.text(),
        rendering.generated().stream().map(span -> new Part(span.start(), span.end())).toList());
  }
}
