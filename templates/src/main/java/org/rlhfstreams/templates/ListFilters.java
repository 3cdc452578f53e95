package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The filters that make and take apart lists. */
final class ListFilters {
  private ListFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("length", (value, arguments) -> Values.length(value, arguments.meter()));
    filters.put("count", (value, arguments) -> Values.length(value, arguments.meter()));
    filters.put("list", (value, arguments) -> Values.list(value, arguments.meter()));
    filters.put("first", ListFilters::first);
    filters.put("last", ListFilters::last);
    filters.put("reverse", ListFilters::reverse);
    filters.put("sort", ListFilters::sort);
    filters.put("dictsort", ListFilters::sortMap);
    filters.put("items", ListFilters::items);
    filters.put("unique", ListFilters::unique);
    filters.put("sum", ListFilters::sum);
    filters.put("max", (value, arguments) -> extreme(value, arguments, 1));
    filters.put("min", (value, arguments) -> extreme(value, arguments, -1));
    filters.put("batch", ListFilters::batch);
    filters.put("slice", ListFilters::slice);
    filters.put("groupby", ListFilters::groupBy);
  }

  private static Object first(Object value, Arguments arguments) {
    List<?> elements = Values.elements(value, arguments.meter());
    return elements.isEmpty()
        ? new Undefined("No first item, sequence was empty.")
        : elements.get(0);
  }

  private static Object last(Object value, Arguments arguments) {
    if (value instanceof GeneratorValue) {
      throw TemplateException.type("'generator' object is not reversible");
    }
    List<?> elements = Values.elements(value, arguments.meter());
    return elements.isEmpty()
        ? new Undefined("No last item, sequence was empty.")
        : elements.get(elements.size() - 1);
  }

  private static Object reverse(Object value, Arguments arguments) {
    if (value instanceof String text) {
      arguments.meter().text(text.length());
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> reversed = Values.list(value, arguments.meter());
    Collections.reverse(reversed);
    return new GeneratorValue(reversed);
  }

  private static Object sort(Object value, Arguments arguments) {
    Meter meter = arguments.meter();
    List<Object> sorted = Values.list(value, meter);
    Object attribute = arguments.get(2, "attribute", null);
    Comparator<Object> comparator =
        SortKeys.byEach(attribute, arguments.flag(1, "case_sensitive"), meter);
    sorted.sort(arguments.flag(0, "reverse") ? comparator.reversed() : comparator);
    return sorted;
  }

  private static Object sortMap(Object value, Arguments arguments) {
    List<Object> items = Values.items(Values.mapping(value), arguments.meter());
    String by = arguments.text(1, "by", "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new TemplateException(
          "FilterArgumentError: You can only sort by either \"key\" or \"value\"");
    }
    Comparator<Object> comparator =
        SortKeys.by(
            by.equals("key") ? 0L : 1L, arguments.flag(0, "case_sensitive"), arguments.meter());
    items.sort(arguments.flag(2, "reverse") ? comparator.reversed() : comparator);
    return items;
  }

  private static Object items(Object value, Arguments arguments) {
    return value instanceof Undefined
        ? new GeneratorValue(List.of())
        : new GeneratorValue(Values.items(Values.mapping(value), arguments.meter()));
  }

  private static Object unique(Object value, Arguments arguments) {
    Object attribute = arguments.get(1, "attribute", null);
    boolean caseSensitive = arguments.flag(0, "case_sensitive");
    List<Object> unique = new ArrayList<>();
    List<Object> seen = new ArrayList<>();
    for (Object element : Values.elements(value, arguments.meter())) {
      Object key = SortKeys.key(element, attribute, caseSensitive, arguments.meter());
      if (!Comparison.contains(seen, key, arguments.meter())) {
        seen.add(key);
        unique.add(element);
      }
    }
    return new GeneratorValue(unique);
  }

  private static Object sum(Object value, Arguments arguments) {
    Object attribute = arguments.get(0, "attribute", null);
    Object total = arguments.get(1, "start", 0L);
    for (Object element : Values.elements(value, arguments.meter())) {
      Object term = AttributePath.follow(element, attribute, arguments.meter());
      total = Arithmetic.add(total, term, arguments.meter());
    }
    return total;
  }

  private static Object extreme(Object value, Arguments arguments, int sign) {
    Comparator<Object> comparator =
        SortKeys.by(
            arguments.get(1, "attribute", null),
            arguments.flag(0, "case_sensitive"),
            arguments.meter());
    List<?> elements = Values.elements(value, arguments.meter());
    Object best =
        elements.isEmpty()
            ? new Undefined("No aggregated item, sequence was empty.")
            : elements.get(0);
    for (Object element : elements) {
      best = element != best && comparator.compare(element, best) * sign > 0 ? element : best;
    }
    return best;
  }

  private static Object batch(Object value, Arguments arguments) {
    List<Object> elements = Values.list(value, arguments.meter());
    int size = count(arguments, "linecount");
    List<Object> batches = new ArrayList<>();
    for (int from = 0; from < elements.size(); from += size) {
      int until = (int) Math.min(elements.size(), from + (long) size);
      List<Object> batch = new ArrayList<>(elements.subList(from, until));
      if (arguments.get(1, "fill_with", null) != null) {
        arguments.meter().steps(size - batch.size());
        batch.addAll(Collections.nCopies(size - batch.size(), arguments.get(1, "fill_with", null)));
      }
      batches.add(batch);
      if (until == elements.size()) {
        break;
      }
    }
    return new GeneratorValue(batches);
  }

  private static Object slice(Object value, Arguments arguments) {
    List<Object> elements = Values.list(value, arguments.meter());
    int slices = count(arguments, "slices");
    arguments.meter().steps(2L * slices);
    Object filling = arguments.get(1, "fill_with", null);
    int withOneMore = elements.size() % slices;
    List<Object> cut = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < slices; i++) {
      int until = from + elements.size() / slices + (i < withOneMore ? 1 : 0);
      List<Object> slice = new ArrayList<>(elements.subList(from, until));
      if (filling != null && i >= withOneMore) {
        slice.add(filling);
      }
      cut.add(slice);
      from = until;
    }
    return new GeneratorValue(cut);
  }

  private static int count(Arguments arguments, String name) {
    long count = Numbers.index(arguments.required(0, name));
    if (count < 1) {
      throw TemplateException.value(name + " must be at least 1");
    }
    return (int) Math.min(count, Integer.MAX_VALUE);
  }

  private static Object groupBy(Object value, Arguments arguments) {
    Meter meter = arguments.meter();
    Object attribute = arguments.required(0, "attribute");
    Object otherwise = arguments.get(1, "default", null);
    boolean caseSensitive = arguments.flag(2, "case_sensitive");
    if (otherwise != null) {
      throw TemplateException.value("groupby with a default is not supported");
    }
    List<Object> sorted = Values.list(value, meter);
    sorted.sort(SortKeys.by(attribute, caseSensitive, meter));
    List<Object> groups = new ArrayList<>();
    List<Object> group = new ArrayList<>();
    Object groupKey = null;
    for (Object element : sorted) {
      Object key = SortKeys.key(element, attribute, caseSensitive, meter);
      if (group.isEmpty() || !Comparison.equal(key, groupKey, meter)) {
        group = new ArrayList<>();
        groups.add(TupleValue.of(AttributePath.follow(element, attribute, meter), group));
        groupKey = key;
      }
      meter.step();
      group.add(element);
    }
    return groups;
  }
}
