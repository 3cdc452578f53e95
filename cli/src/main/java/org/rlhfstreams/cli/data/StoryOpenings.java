package org.rlhfstreams.cli.data;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** First sentences of stories, as prompts. */
public final class StoryOpenings {
  private static final Pattern FIRST_SENTENCE = Pattern.compile("^[^.!?\"\n]{10,100}[.!?]");

  private StoryOpenings() {}

  /** The first sentence, where it is of a length to continue from. */
  public static Optional<String> of(String story) {
    Matcher matcher = FIRST_SENTENCE.matcher(story.strip());
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }

  /** Openings of stories, each once, in order. */
  public static Set<String> of(List<String> stories) {
    Set<String> openings = new LinkedHashSet<>();
    stories.forEach(story -> of(story).ifPresent(openings::add));
    return openings;
  }
}
