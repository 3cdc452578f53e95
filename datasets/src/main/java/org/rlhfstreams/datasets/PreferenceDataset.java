package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;

/**
 * Files of preferences, demonstrations or texts. Kind and shape of each file are found from its
 * name, its content and its columns.
 */
public final class PreferenceDataset {
  private final List<Path> files;
  private final Map<String, String> renames;

  /**
   * @param files as {@link DataPaths} gives them
   * @param renames from the name that a shape knows to the column's name in the files
   */
  public PreferenceDataset(List<Path> files, Map<String, String> renames) {
    this.files = List.copyOf(files);
    this.renames = Map.copyOf(renames);
  }

  /**
   * Reads everything once and says what is there.
   *
   * @throws ExplainedException if a file cannot be read, has a shape that is not known, or more
   *     than half of all rows are bad
   */
  public DatasetSummary check() {
    DatasetSummary summary = new DatasetSummary();
    read(summary::shape, preference -> summary.good(), summary::bad);
    summary.refuseMostlyBad();
    return summary;
  }

  /**
   * Reads all rows, in order.
   *
   * @throws ExplainedException if a file cannot be read, or has a shape that is not known
   */
  public void forEach(Consumer<Preference> good, Consumer<BadRow> bad) {
    read((file, shape) -> {}, good, bad);
  }

  private interface ShapeListener {
    void found(String file, String shape);
  }

  private void read(ShapeListener shapes, Consumer<Preference> good, Consumer<BadRow> bad) {
    RowCheck check = new RowCheck();
    for (Path file : files) {
      new DataFile(file).read(new Conversion(file, check, shapes, good, bad));
    }
  }

  private final class Conversion implements RowSink {
    private final Path file;
    private final RowCheck check;
    private final ShapeListener shapes;
    private final Consumer<Preference> good;
    private final Consumer<BadRow> bad;
    private PreferenceShape shape;

    Conversion(
        Path file,
        RowCheck check,
        ShapeListener shapes,
        Consumer<Preference> good,
        Consumer<BadRow> bad) {
      this.file = file;
      this.check = check;
      this.shapes = shapes;
      this.good = good;
      this.bad = bad;
    }

    @Override
    public void row(DataRow read) {
      DataRow row = new DataRow(read.file(), read.number(), renamed(read.columns()));
      if (shape == null) {
        shape = shape(row);
        shapes.found(row.file(), shape.name());
      }
      PreferenceShape.Content content;
      try {
        content = shape.content(row).withTemplateVariables(row);
        check.check(content);
      } catch (BadRowException e) {
        bad(
            new BadRow(
                row.file(), row.number(), read.columns().toString(), e.kind(), e.getMessage()));
        return;
      }
      good.accept(preference(row, content));
    }

    @Override
    public void bad(BadRow row) {
      bad.accept(row);
    }

    private PreferenceShape shape(DataRow row) {
      Set<String> columns = new HashSet<>();
      row.columns().fieldNames().forEachRemaining(columns::add);
      return PreferenceShapes.of(columns)
          .orElseThrow(
              () ->
                  new ExplainedException(
                      String.format(
                          Locale.ROOT,
                          ("%s, row %d has the columns %s, which is no shape that is known (%s): rename"
                              + " columns with --map, such as --map chosen=better"),
                          file,
                          row.number(),
                          columns,
                          PreferenceShapes.known())));
    }
  }

  private ObjectNode renamed(ObjectNode columns) {
    if (renames.isEmpty()) {
      return columns;
    }
    ObjectNode renamed = columns.deepCopy();
    renames.forEach(
        (name, column) -> {
          JsonNode value = renamed.remove(column);
          if (value != null) {
            renamed.set(name, value);
          }
        });
    return renamed;
  }

  private static Preference preference(DataRow row, PreferenceShape.Content content) {
    Preference preference =
        Preference.newBuilder()
            .setPreferenceId("")
            .setSource(row.source())
            .setPrompt(content.prompt())
            .setMessages(content.messages())
            .setChosen(content.chosen())
            .setRejected(content.rejected())
            .setChosenMessages(content.chosenMessages())
            .setRejectedMessages(content.rejectedMessages())
            .setTemplateVariables(content.templateVariables())
            .setLabel(content.label())
            .setMargin(content.margin() == null ? null : content.margin().floatValue())
            .setCreatedAt(Instant.now())
            .build();
    // RowCheck has refused a row that says the same as one before.
    return Preference.newBuilder(preference)
        .setPreferenceId(RowIdentity.of(row.file(), RowContent.of(preference), 1).text())
        .build();
  }
}
