package org.rlhfstreams.evaluation.annotator;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Animals of children's stories. */
public final class Animals {
  private static final Pattern NO_LETTERS = Pattern.compile("[^a-z]+");
  private static final Set<String> KINDS =
      Set.of(
          "animal",
          "ant",
          "bear",
          "bee",
          "bird",
          "bug",
          "bunny",
          "butterfly",
          "cat",
          "chicken",
          "cow",
          "dinosaur",
          "dog",
          "dolphin",
          "duck",
          "elephant",
          "fish",
          "fox",
          "frog",
          "giraffe",
          "goat",
          "hen",
          "horse",
          "kitten",
          "lion",
          "monkey",
          "mouse",
          "owl",
          "pig",
          "puppy",
          "rabbit",
          "sheep",
          "snake",
          "spider",
          "squirrel",
          "tiger",
          "turtle",
          "whale",
          "wolf",
          "zebra");

  /** How many kinds a text mentions, in the singular or with an s. */
  public int kindsIn(String text) {
    return (int)
        Arrays.stream(NO_LETTERS.split(text.toLowerCase(Locale.ROOT), 0))
            .map(Animals::singular)
            .filter(KINDS::contains)
            .distinct()
            .count();
  }

  private static String singular(String word) {
    boolean plural = word.endsWith("s") && KINDS.contains(word.substring(0, word.length() - 1));
    return plural ? word.substring(0, word.length() - 1) : word;
  }
}
