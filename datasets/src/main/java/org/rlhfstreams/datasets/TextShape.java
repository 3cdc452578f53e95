package org.rlhfstreams.datasets;

import java.util.Set;

/** Texts to imitate from their beginning. */
final class TextShape implements PreferenceShape {
  @Override
  public String name() {
    return "texts (text)";
  }

  @Override
  public boolean fits(Set<String> columns) {
    return columns.contains("text");
  }

  @Override
  public boolean reads(String column, Set<String> columns) {
    return column.equals("text");
  }

  @Override
  public Content content(DataRow row) throws BadRowException {
    return Content.of("", row.text("text"), null);
  }
}
