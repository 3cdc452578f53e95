package org.rlhfstreams.templates;

import java.util.List;

/**
 * What a template gives.
 *
 * @param generated what lies in {@code generation} blocks, which mark the assistant's own words, in
 *     the order of rendering
 */
public record Rendering(String text, List<Span> generated) {
  public Rendering {
    generated = List.copyOf(generated);
  }
}
