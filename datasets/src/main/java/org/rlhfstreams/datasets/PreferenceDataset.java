package org.rlhfstreams.datasets;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;

/**
 * Files of preferences, demonstrations or texts. Kind and shape of each file are found from its
 * name, its content and its columns.
 */
public final class PreferenceDataset {
  private static final int ID = Preference.getClassSchema().getField("preferenceId").pos();

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
    read(summary::shape, summary::good, summary::bad, false);
    summary.refuseMostlyBad();
    return summary;
  }

  /**
   * Reads all rows, in order.
   *
   * @throws ExplainedException if a file cannot be read, or has a shape that is not known
   */
  public void forEach(Consumer<Preference> good, Consumer<BadRow> bad) {
    read((file, shape) -> {}, good, bad, true);
  }

  private interface ShapeListener {
    void found(String file, String shape);
  }

  private void read(
      ShapeListener shapes, Consumer<Preference> good, Consumer<BadRow> bad, boolean identified) {
    RowCheck check = new RowCheck();
    for (Path file : files) {
      ShapedRows.read(
          DataFile.ofObjects(file),
          file,
          renames,
          RowShapes.OF_PREFERENCES,
          new Conversion(check, shapes, good, bad, identified));
    }
  }

  /**
   * @param identified whether rows get their ids, which counting them does without
   */
  private record Conversion(
      RowCheck check,
      ShapeListener shapes,
      Consumer<Preference> good,
      Consumer<BadRow> rejected,
      boolean identified)
      implements ShapedRows.Listener<PreferenceShape.Content> {
    @Override
    public void shape(String file, String shape) {
      shapes.found(file, shape);
    }

    @Override
    public void row(DataRow row, PreferenceShape.Content read) throws BadRowException {
      PreferenceShape.Content content = read.withTemplateVariables(row);
      check.check(content);
      Preference preference = preference(content, row.place().source());
      if (identified) {
        // RowCheck has refused a row that says the same as one before.
        String id = RowIdentity.of(row.place().file(), RowContent.of(preference), 1).text();
        preference.put(ID, id); // a builder would copy all of it
      }
      good.accept(preference);
    }

    @Override
    public void bad(BadRow row) {
      rejected.accept(row);
    }
  }

  /** A preference without an id. */
  static Preference preference(PreferenceShape.Content content, String source) {
    return Preference.newBuilder()
        .setPreferenceId("")
        .setSource(source)
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
  }
}
