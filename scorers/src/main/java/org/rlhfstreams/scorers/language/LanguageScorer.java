package org.rlhfstreams.scorers.language;

import com.optimaize.langdetect.DetectedLanguage;
import com.optimaize.langdetect.LanguageDetector;
import com.optimaize.langdetect.LanguageDetectorBuilder;
import com.optimaize.langdetect.ngram.NgramExtractors;
import com.optimaize.langdetect.profiles.LanguageProfile;
import com.optimaize.langdetect.profiles.LanguageProfileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.rules.ResponsePart;
import org.rlhfstreams.scorers.rules.RightOrWrong;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * Whether a response is written in the wanted language, by the frequencies of its n-grams. A text
 * of few letters could be in any language: it is refused unless the settings say what it counts as.
 */
public final class LanguageScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "language",
          "Whether the response is written in the wanted language.",
          ScorerKind.settings(
              List.of(
                  ScorerSetting.optional(
                      "language", "the language of all responses, as ISO 639-1, such as en"),
                  ScorerSetting.optional(
                      "language-field", "the field of the metadata with the response's language"),
                  ScorerSetting.optional(
                      "among",
                      "languages that responses may be in, such as en,de,fr; fewer make it surer."
                          + " Without it all that are known"),
                  ScorerSetting.of(
                      "minimum-letters", "20", "how many letters a text needs to tell, from 1"),
                  ScorerSetting.of(
                      "if-short", "refuse", "what a shorter text is: refuse, right or wrong")),
              ResponsePart.SETTINGS,
              RightOrWrong.SETTINGS),
          LanguageScorer::create);

  private static final int MOST_CHARACTERS = 4_000;
  private static final String JAPANESE = "ja";

  private final String language;
  private final String field;
  private final int minimumLetters;
  private final String ifShort;
  private final ResponsePart part;
  private final RightOrWrong values;
  private final Set<String> known = new TreeSet<>();
  private final LanguageDetector detector;

  private LanguageScorer(SettingValues settings) {
    this.language = settings.text("language").strip().toLowerCase(Locale.ROOT);
    this.field = settings.text("language-field");
    if (language.isEmpty() == field.isEmpty()) {
      throw settings.problem("language", "give either it or \"language-field\"");
    }
    this.minimumLetters = settings.integer("minimum-letters", 1, 10_000);
    this.ifShort = settings.choice("if-short", "refuse", "right", "wrong");
    this.part = ResponsePart.of(settings);
    this.values = RightOrWrong.of(settings);
    List<LanguageProfile> all = profiles();
    all.forEach(profile -> known.add(profile.getLocale().getLanguage()));
    Set<String> among = among(settings);
    check(settings, "among", among);
    if (!language.isEmpty()) {
      check(settings, "language", Set.of(language));
      if (!among.isEmpty()) {
        among.add(language);
      }
    }
    if (!among.isEmpty()) {
      known.retainAll(among);
    }
    this.detector =
        LanguageDetectorBuilder.create(NgramExtractors.standard())
            .withProfiles(
                all.stream()
                    .filter(profile -> known.contains(profile.getLocale().getLanguage()))
                    .toList())
            .seed(0)
            .probabilityThreshold(0)
            .build();
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new LanguageScorer(settings)::score);
  }

  private static List<LanguageProfile> profiles() {
    try {
      return new LanguageProfileReader().readAllBuiltIn();
    } catch (IOException e) {
      throw new UncheckedIOException("the library's profiles cannot be read", e);
    }
  }

  private static Set<String> among(SettingValues settings) {
    Set<String> among = new HashSet<>();
    for (String one : settings.text("among").split(",", -1)) {
      if (!one.isBlank()) {
        among.add(one.strip().toLowerCase(Locale.ROOT));
      }
    }
    return among;
  }

  private void check(SettingValues settings, String name, Set<String> languages) {
    for (String one : languages) {
      if (!known.contains(one)) {
        throw settings.problem(
            name, "\"" + one + "\" is not known; there are " + String.join(", ", known));
      }
    }
  }

  private ScorerResult score(ScorerInput input) {
    String wanted = language.isEmpty() ? own(input) : language;
    Optional<String> counted = part.in(input.response());
    if (counted.isEmpty()) {
      return values.result(false, part.missing());
    }
    String text = counted.get();
    String read = text.substring(0, Math.min(text.length(), MOST_CHARACTERS));
    long letters = read.codePoints().filter(Character::isLetter).count();
    if (letters < minimumLetters) {
      if (ifShort.equals("refuse")) {
        throw new RefusalException(
            letters
                + " letters are too few to tell the language; \"minimum-letters\" and \"if-short\""
                + " say what becomes of such texts");
      }
      return values.result(ifShort.equals("right"), letters + " letters");
    }
    Map<String, Double> likely = probabilities(read);
    double probability = likely.getOrDefault(wanted, 0.0);
    String best =
        likely.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse("none");
    return values.result(
        best.equals(wanted),
        String.format(Locale.ROOT, "%s, %s with probability %.2f", best, wanted, probability));
  }

  /** By language; both ways to write Chinese are one. */
  private Map<String, Double> probabilities(String text) {
    Map<String, Double> likely = new TreeMap<>();
    if (known.contains(JAPANESE) && isKana(text)) {
      likely.put(JAPANESE, 1.0);
      return likely;
    }
    for (DetectedLanguage one : detector.getProbabilities(text)) {
      likely.merge(one.getLocale().getLanguage(), one.getProbability(), Double::sum);
    }
    return likely;
  }

  /** Only Japanese is written in kana, but most of a text may be signs that Chinese has too. */
  private static boolean isKana(String text) {
    long kana = 0;
    long letters = 0;
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      if (Character.isLetter(character)) {
        letters++;
        Character.UnicodeScript script = Character.UnicodeScript.of(character);
        if (script == Character.UnicodeScript.HIRAGANA
            || script == Character.UnicodeScript.KATAKANA) {
          kana++;
        }
      }
    }
    return kana * 5 > letters;
  }

  private String own(ScorerInput input) {
    String value = input.metadata().get(field);
    if (value == null) {
      throw new RefusalException("the prompt's metadata has no field \"" + field + '"');
    }
    String wanted = value.strip().toLowerCase(Locale.ROOT);
    if (!known.contains(wanted)) {
      throw new RefusalException(
          "language \"" + value + "\" is not among " + String.join(", ", known));
    }
    return wanted;
  }
}
