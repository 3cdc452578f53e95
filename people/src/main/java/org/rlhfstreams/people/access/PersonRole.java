package org.rlhfstreams.people.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the holder of a token is here for. */
public enum PersonRole {
  /** Judges comparisons. */
  ANNOTATOR,
  /** Publishes preferences and prompts of its own users. */
  APPLICATION,
  /** Looks at the run. */
  VIEWER,
  /** May do all, and steers the run. */
  ADMIN;

  /** As people and files write it. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of that name.
   *
   * @throws IllegalArgumentException naming the roles that there are
   */
  @JsonCreator
  public static PersonRole named(String text) {
    return Arrays.stream(values())
        .filter(role -> role.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no role "
                        + text
                        + ": choose one of "
                        + Arrays.stream(values())
                            .map(PersonRole::text)
                            .collect(Collectors.joining(", "))));
  }
}
