package org.rlhfstreams.templates;

import java.util.List;

/**
 * What Python's lazy filters hand out: it can be gone through once, is true even without elements,
 * and has neither length, index nor JSON.
 */
final class GeneratorValue {
  private List<Object> elements;

  GeneratorValue(List<Object> elements) {
    this.elements = elements;
  }

  /** Its elements; nothing is left of it. */
  List<Object> take() {
    List<Object> taken = elements;
    elements = List.of();
    return taken;
  }
}
