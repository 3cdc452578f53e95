package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.rlhfstreams.common.ExplainedException;

/**
 * The rows of one file as what they say. The file's shape follows from the columns of its first
 * rows, not of its first row alone, which may lack some.
 *
 * @param <C> what a row says
 */
final class ShapedRows<C> implements RowSink {
  private static final int FIRST_ROWS = 1_000;
  private static final int FIRST_CHARACTERS = 1 << 22;

  private final Path file;
  private final Map<String, String> renames;
  private final RowShapes<C> shapes;
  private final Listener<C> listener;
  private final Set<String> columns = new TreeSet<>();
  private final List<Runnable> first = new ArrayList<>();
  private long firstCharacters;
  private Place firstRow;
  private RowShape<C> shape;

  /** Takes what rows say. */
  interface Listener<C> {
    /** Takes the name of a file's shape, before its rows. */
    void shape(String file, String shape);

    /**
     * Takes a row.
     *
     * @throws BadRowException if it says something that cannot be used
     */
    void row(DataRow row, C content) throws BadRowException;

    /** Takes a row that cannot be used. */
    void bad(BadRow row);
  }

  private ShapedRows(
      Path file, Map<String, String> renames, RowShapes<C> shapes, Listener<C> listener) {
    this.file = file;
    this.renames = renames;
    this.shapes = shapes;
    this.listener = listener;
  }

  /**
   * Reads all rows of a file, in order.
   *
   * @param renames from the name that a shape knows to the column's name in the file
   * @param shapes what rows may look like, those that say most first
   * @throws ExplainedException if it cannot be read, or has a shape that is not known
   */
  static <C> void read(
      DataFile data,
      Path file,
      Map<String, String> renames,
      RowShapes<C> shapes,
      Listener<C> listener) {
    ShapedRows<C> rows = new ShapedRows<>(file, renames, shapes, listener);
    data.read(rows);
    rows.settle();
  }

  @Override
  public void row(DataRow read) {
    ObjectNode renamed = renamed(read.columns());
    if (shape != null) {
      convert(read, renamed);
      return;
    }
    firstRow = firstRow == null ? read.place() : firstRow;
    renamed.fieldNames().forEachRemaining(columns::add);
    first.add(() -> convert(read, renamed));
    firstCharacters += characters(renamed);
    if (first.size() >= FIRST_ROWS || firstCharacters >= FIRST_CHARACTERS) {
      settle();
    }
  }

  @Override
  public void bad(BadRow row) {
    if (shape == null) {
      first.add(() -> listener.bad(row));
    } else {
      listener.bad(row);
    }
  }

  /** Finds the shape and hands over the rows that it follows from. */
  private void settle() {
    if (shape == null && firstRow != null) {
      shape = shapes.of(columns).orElseThrow(this::unknown);
      listener.shape(String.valueOf(file.getFileName()), shape.name() + unread());
    } else if (shape == null && first.isEmpty()) {
      listener.shape(String.valueOf(file.getFileName()), "no rows");
    }
    first.forEach(Runnable::run);
    first.clear();
  }

  private String unread() {
    String names =
        columns.stream()
            .filter(column -> !column.isEmpty() && !shape.reads(column, columns))
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "" : "; not read: " + names;
  }

  private void convert(DataRow read, ObjectNode renamed) {
    DataRow row = new DataRow(read.place(), renamed, columns);
    try {
      listener.row(row, shape.content(row));
    } catch (BadRowException e) {
      listener.bad(new BadRow(read.place(), read.columns().toString(), e.kind(), e.getMessage()));
    }
  }

  private ExplainedException unknown() {
    return new ExplainedException(
        String.format(
            Locale.ROOT,
            "%s, from %s %d on, has the columns %s, which is no shape that is known (%s): rename"
                + " columns with --map, such as --map %s%s",
            file,
            firstRow.unit() == Place.Unit.LINE ? "line" : "row",
            firstRow.number(),
            columns,
            shapes.known(),
            shapes.example(),
            columns.size() == 1 && columns.iterator().next().contains(";")
                ? "; its cells seem to be separated by semicolons: save it with commas"
                : ""));
  }

  private ObjectNode renamed(ObjectNode read) {
    if (renames.isEmpty()) {
      return read;
    }
    ObjectNode renamed = read.deepCopy();
    renames.values().forEach(renamed::remove); // all first: two columns may change places
    renames.forEach(
        (name, column) -> {
          if (read.has(column)) {
            renamed.set(name, read.get(column));
          }
        });
    return renamed;
  }

  private static long characters(JsonNode value) {
    if (value.isTextual()) {
      return value.textValue().length();
    }
    long characters = 1;
    for (JsonNode part : value) {
      characters += characters(part);
    }
    return characters;
  }
}
