package org.rlhfstreams.topology.judgements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.rlhfstreams.topology.PeopleEvents.SERDES;
import static org.rlhfstreams.topology.PeopleEvents.TOPICS;
import static org.rlhfstreams.topology.PeopleEvents.comparison;
import static org.rlhfstreams.topology.PeopleEvents.withdrawn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.serialization.Serdes;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.topology.ComparisonAnswers;
import org.rlhfstreams.topology.EventLists;
import org.rlhfstreams.topology.PeopleEvents;
import org.rlhfstreams.topology.RestartableProcessor;

/** Figures and preferences after any history are those of what stands at its end. */
final class JudgementsPropertyTest {
  private static final List<Comparison> COMPARISONS =
      List.of(
          comparison("a", 1, null),
          comparison("b", 2, null),
          comparison("c", 3, null),
          comparison("g", 1, Choice.FIRST));

  /** Somebody judges, or takes back. One id for each thing that each may say, so ids repeat. */
  private record Step(int comparison, int annotator, Choice choice, boolean isBack) {
    Judgement judgement() {
      String comparisonId = COMPARISONS.get(comparison).getComparisonId();
      Judgement judgement =
          PeopleEvents.judgement(
              comparisonId + annotator + choice, comparisonId, "annotator " + annotator, choice);
      return isBack ? withdrawn(judgement) : judgement;
    }
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, COMPARISONS.size() - 1),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of(Choice.class),
            Arbitraries.of(true, false, false))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  private static RestartableProcessor start() {
    JudgementSettings settings =
        new JudgementSettings(Duration.ofMinutes(10), new AnnotatorWeight(4));
    return new RestartableProcessor(
        () -> new Judgements(TOPICS.judgements().name(), SERDES, settings),
        List.of(
            RestartableProcessor.store(
                JudgementTopology.COMPARISONS, SERDES.serde(Comparison.class)),
            RestartableProcessor.store(
                JudgementTopology.ANSWERS, EventLists.serde(SERDES, Judgement.class)),
            RestartableProcessor.store(JudgementTopology.JUDGEMENT_IDS, Serdes.String()),
            RestartableProcessor.store(
                JudgementTopology.PREFERENCES, SERDES.serde(Preference.class)),
            RestartableProcessor.store(JudgementTopology.ANNOTATORS, AnnotatorFigures.serde()),
            RestartableProcessor.store(JudgementTopology.AGREEMENT, Agreement.serde()),
            RestartableProcessor.store(
                JudgementTopology.WAITING, EventLists.serde(SERDES, DeadLetter.class)),
            RestartableProcessor.store(JudgementTopology.DUE, Serdes.String()),
            RestartableProcessor.store(JudgementTopology.DONE, Serdes.Long())));
  }

  @Property(tries = 60)
  void whateverHappensAndWheneverTheQuestionsCome(
      @ForAll("histories") List<Step> history, @ForAll @IntRange(max = 60) int asked) {
    RestartableProcessor processor = start();
    List<Object> told = new ArrayList<>();
    Map<String, ComparisonAnswers> answers = new HashMap<>();
    for (int i = 0; i <= history.size(); i++) {
      if (i == Math.min(asked, history.size())) {
        processor.restart();
        COMPARISONS.forEach(
            question -> told.addAll(processor.pipe(TOPICS.comparisons(), question, 0)));
      }
      if (i < history.size()) {
        Judgement judgement = history.get(i).judgement();
        told.addAll(processor.pipe(TOPICS.judgements(), judgement, i));
        answers.merge(
            judgement.getComparisonId(),
            new ComparisonAnswers(List.of()).with(judgement),
            (known, unused) -> known.with(judgement));
      }
    }
    Map<String, AnnotatorStatistics> statistics = new HashMap<>();
    Map<String, Preference> preferences = new HashMap<>();
    for (Object event : told) {
      if (event instanceof AnnotatorStatistics figures) {
        statistics.put(figures.getAnnotator(), figures);
      } else if (event instanceof Preference preference) {
        if (preference.getWithdrawn()) {
          assertThat(preferences.remove(preference.getPreferenceId())).isNotNull();
        } else {
          preferences.put(preference.getPreferenceId(), preference);
        }
      }
    }
    theFiguresAreThoseOf(answers, statistics);
    thePreferencesAreThoseOf(answers, preferences);
  }

  private static void theFiguresAreThoseOf(
      Map<String, ComparisonAnswers> answers, Map<String, AnnotatorStatistics> statistics) {
    Map<String, AnnotatorFigures> figures = new HashMap<>();
    KrippendorffAlpha alpha = Agreement.none();
    AnnotatorFigures all = AnnotatorFigures.NONE;
    for (Comparison comparison : COMPARISONS) {
      ComparisonAnswers given =
          answers.getOrDefault(comparison.getComparisonId(), new ComparisonAnswers(List.of()));
      alpha.add(Agreement.counts(given));
      for (Map.Entry<String, AnnotatorFigures> entry :
          AnnotatorFigures.of(comparison, given).entrySet()) {
        figures.merge(entry.getKey(), entry.getValue(), AnnotatorFigures::plus);
        all = all.plus(entry.getValue());
      }
    }
    for (AnnotatorStatistics one : statistics.values()) {
      AnnotatorFigures expected =
          one.getAnnotator().isEmpty()
              ? all
              : figures.getOrDefault(one.getAnnotator(), AnnotatorFigures.NONE);
      assertThat(one.getJudgements()).isEqualTo(expected.judgements());
      assertThat(one.getTies()).isEqualTo(expected.ties());
      assertThat(one.getSkips()).isEqualTo(expected.skips());
      assertThat(one.getGoldAnswered()).isEqualTo(expected.goldAnswered());
      assertThat(one.getGoldRight()).isEqualTo(expected.goldRight());
      assertThat(one.getWeight()).isBetween(0.0, 1.0);
    }
    assertThat(statistics.keySet()).containsAll(figures.keySet());
    if (all.judgements() > 0) {
      Double agreement = statistics.get("").getAgreement();
      assertThat(agreement != null).isEqualTo(alpha.value().isPresent());
      if (agreement != null) {
        assertThat(agreement).isCloseTo(alpha.value().getAsDouble(), within(1e-9));
      }
    }
  }

  private static void thePreferencesAreThoseOf(
      Map<String, ComparisonAnswers> answers, Map<String, Preference> preferences) {
    for (Comparison comparison : COMPARISONS) {
      Preference preference = preferences.get("comparison/" + comparison.getComparisonId());
      List<Judgement> counted =
          answers
              .getOrDefault(comparison.getComparisonId(), new ComparisonAnswers(List.of()))
              .counted();
      if (comparison.getExpected() != null
          || counted.size() < comparison.getWantedJudgements()
          || counted.stream().allMatch(judgement -> judgement.getChoice() == Choice.TIE)) {
        assertThat(preference).isNull();
      }
      if (preference != null) {
        // Whoever is named has judged and stands by it, and somebody chose what is chosen.
        assertThat(counted)
            .extracting(Judgement::getAnnotator)
            .containsAll(preference.getAnnotators());
        Choice chosen = preference.getChosen().equals("yes") ? Choice.FIRST : Choice.SECOND;
        assertThat(counted).extracting(Judgement::getChoice).contains(chosen);
      }
    }
  }
}
