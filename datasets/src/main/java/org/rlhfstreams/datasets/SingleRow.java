package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;

/** A row that comes by itself, such as in the body of a request. The rules are those of files. */
public final class SingleRow {
  private SingleRow() {}

  /**
   * Reads a prompt.
   *
   * @param columns as a row of a file of prompts has them
   * @return the prompt, whose id is empty and whose source is {@code source}
   * @throws BadRowException saying what is wrong with it
   */
  public static Prompt prompt(ObjectNode columns, String source) throws BadRowException {
    DataRow row = row(columns, source);
    PromptContent content = shape(RowShapes.OF_PROMPTS, columns).content(row);
    return PromptDataset.prompt(row, content, source);
  }

  /**
   * Reads a preference.
   *
   * @param columns as a row of a file of preferences has them
   * @return the preference, whose id is empty and whose source is {@code source}
   * @throws BadRowException saying what is wrong with it
   */
  public static Preference preference(ObjectNode columns, String source) throws BadRowException {
    DataRow row = row(columns, source);
    PreferenceShape.Content content =
        shape(RowShapes.OF_PREFERENCES, columns).content(row).withTemplateVariables(row);
    new RowCheck().check(content);
    return PreferenceDataset.preference(content, source);
  }

  private static DataRow row(ObjectNode columns, String source) {
    return DataRow.of(new Place(source, Place.Unit.ROW, 1), columns);
  }

  private static <C> RowShape<C> shape(RowShapes<C> shapes, ObjectNode columns)
      throws BadRowException {
    Set<String> names = new TreeSet<>();
    columns.properties().forEach(column -> names.add(column.getKey()));
    List<String> sorted = new ArrayList<>(names);
    return shapes
        .of(names)
        .orElseThrow(
            () ->
                new BadRowException(
                    "no shape", "%s is none of: %s".formatted(sorted, shapes.known())));
  }
}
