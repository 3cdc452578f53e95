package org.rlhfstreams.templates;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/** A tuple: prints in parentheses and equals no list. */
final class TupleValue extends AbstractList<Object> {
  private final List<?> elements;

  TupleValue(List<?> elements) {
    this.elements = elements;
  }

  static TupleValue of(Object... elements) {
    return new TupleValue(Arrays.asList(elements));
  }

  @Override
  public Object get(int index) {
    return elements.get(index);
  }

  @Override
  public int size() {
    return elements.size();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TupleValue && super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
