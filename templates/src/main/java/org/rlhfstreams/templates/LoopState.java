package org.rlhfstreams.templates;

import java.util.List;

/** The variable {@code loop}; of a recursive loop it may be called with the next level's values. */
final class LoopState implements Callable {
  private final List<?> values;
  private final int depth;
  private final Callable nextLevel;
  private int index;
  private List<?> lastChanged;

  LoopState(List<?> values, int depth, Callable nextLevel) {
    this.values = values;
    this.depth = depth;
    this.nextLevel = nextLevel;
  }

  void moveTo(int place) {
    index = place;
  }

  @Override
  public Object call(Arguments arguments) {
    if (nextLevel == null) {
      throw TemplateException.type(
          "The loop must have the 'recursive' marker to be called recursively.");
    }
    return nextLevel.call(arguments);
  }

  Object attribute(String name) {
    return switch (name) {
      case "index" -> (long) index + 1;
      case "index0" -> (long) index;
      case "revindex" -> (long) values.size() - index;
      case "revindex0" -> (long) values.size() - index - 1;
      case "first" -> index == 0;
      case "last" -> index == values.size() - 1;
      case "length" -> (long) values.size();
      case "depth" -> (long) depth + 1;
      case "depth0" -> (long) depth;
      case "previtem" ->
          index > 0 ? values.get(index - 1) : new Undefined("there is no previous item");
      case "nextitem" ->
          index + 1 < values.size()
              ? values.get(index + 1)
              : new Undefined("there is no next item");
      case "cycle" -> (Callable) this::cycle;
      case "changed" -> (Callable) this::changed;
      default -> new Undefined("'LoopContext object' has no attribute '" + name + "'");
    };
  }

  private Object cycle(Arguments arguments) {
    List<Object> cycle = arguments.positional();
    if (cycle.isEmpty()) {
      throw TemplateException.type("no items for cycling given");
    }
    return cycle.get(index % cycle.size());
  }

  private Object changed(Arguments arguments) {
    boolean changed =
        lastChanged == null
            || !Comparison.equal(lastChanged, arguments.positional(), arguments.meter());
    lastChanged = arguments.positional();
    return changed;
  }
}
