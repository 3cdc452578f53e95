package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what {@code generation} blocks print in one rendering. As in transformers, a block
 * begins where the output that the template has given so far ends: inside of a macro that is where
 * the macro is called.
 */
final class GenerationSpans {
  private final TextBuilder output;
  private final List<Span> spans = new ArrayList<>();

  /**
   * @param output of the whole template
   */
  GenerationSpans(TextBuilder output) {
    this.output = output;
  }

  /** Notes a block before its text goes to the output. */
  void add(String text) {
    int start = output.codePoints();
    spans.add(new Span(start, start + text.codePointCount(0, text.length())));
  }

  List<Span> all() {
    return List.copyOf(spans);
  }
}
