package org.rlhfstreams.datasets;

import java.util.Set;

/**
 * One way in which data sets write rows down.
 *
 * @param <C> what a row says
 */
interface RowShape<C> {
  /** What it is called, for people. */
  String name();

  /** Whether rows with these columns are of it. */
  boolean fits(Set<String> columns);

  /**
   * Whether rows are made of a column.
   *
   * @param columns of the file
   */
  boolean reads(String column, Set<String> columns);

  /**
   * What a row says.
   *
   * @throws BadRowException if it says it wrongly
   */
  C content(DataRow row) throws BadRowException;
}
