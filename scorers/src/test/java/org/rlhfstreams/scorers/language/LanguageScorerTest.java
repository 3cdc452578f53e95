package org.rlhfstreams.scorers.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.scorers.Inputs;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerResult;

/** Sentences in many languages are told apart. */
final class LanguageScorerTest {
  private static final Scorer BY_FIELD =
      LanguageScorer.KIND.create(Map.of("language-field", "language", "minimum-letters", "8"));

  private static ScorerResult result(Scorer scorer, String response, String language) {
    return scorer.score(List.of(Inputs.answered(response, Map.of("language", language)))).get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Once upon a time there was a little dog who liked to play in the park. | en
          Es war einmal ein kleiner Hund, der gerne im Park spielte.             | de
          Il était une fois un petit chien qui aimait jouer dans le parc.        | fr
          Había una vez un perrito al que le gustaba jugar en el parque.         | es
          C'era una volta un cagnolino a cui piaceva giocare nel parco.          | it
          Er was eens een hondje dat graag in het park speelde.                  | nl
          Dawno temu żył mały piesek, który lubił bawić się w parku.             | pl
          Жила-была маленькая собачка, которая любила играть в парке.            | ru
          今日はとても良い天気ですね。公園に行きましょう。                       | ja
          今天天气很好，我们去公园玩吧。                                         | zh
          오늘은 날씨가 정말 좋네요. 공원에 갑시다.                              | ko
          كان هناك كلب صغير يحب اللعب في الحديقة كل يوم.                         | ar
          """)
  void aSentenceIsInItsLanguageAndInNoOther(String sentence, String language) {
    assertThat(((ScoreValue) result(BY_FIELD, sentence, language)).value()).isEqualTo(1);
    String other = language.equals("en") ? "de" : "en";
    assertThat(((ScoreValue) result(BY_FIELD, sentence, other)).value()).isEqualTo(0);
  }

  @Test
  void aTextOfFewLettersIsRefusedUnlessTheSettingsSayWhatItIs() {
    assertThat(result(LanguageScorer.KIND.create(Map.of("language", "en")), "42!", "en"))
        .isInstanceOfSatisfying(
            ScoreRefusal.class,
            refusal -> assertThat(refusal.reason()).contains("0 letters are too few"));
    Scorer lenient = LanguageScorer.KIND.create(Map.of("language", "en", "if-short", "right"));
    assertThat(((ScoreValue) result(lenient, "42!", "en")).value()).isEqualTo(1);
  }

  @Test
  void fewCandidatesDecideWhatIsCloseToOthers() {
    Scorer among = LanguageScorer.KIND.create(Map.of("language", "pt", "among", "en, es,pt"));
    assertThat(((ScoreValue) result(among, "O gato está no tapete e dorme bem.", "")).value())
        .isEqualTo(1);
  }

  @Test
  void anUnknownLanguageIsSaid() {
    assertThatThrownBy(() -> LanguageScorer.KIND.create(Map.of("language", "xx")))
        .hasMessageContaining("\"xx\" is not known; there are af, an, ar");
    assertThat(result(BY_FIELD, "Some text that is long enough.", "klingon"))
        .isInstanceOf(ScoreRefusal.class);
  }
}
