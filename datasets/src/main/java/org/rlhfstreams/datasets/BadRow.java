package org.rlhfstreams.datasets;

/**
 * A row that cannot be used, as its dead letter has it.
 *
 * @param place where it stands
 * @param content as it stands in the file, as far as it could be read
 * @param kind what rows with the same fault are counted under
 * @param reason what is wrong with it
 */
public record BadRow(Place place, String content, String kind, String reason) {
  /** One line for people. */
  public String described() {
    return place.described() + ": " + reason;
  }
}
