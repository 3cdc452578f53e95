package org.rlhfstreams.topology.comparisons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.topology.PeopleEvents.SERDES;
import static org.rlhfstreams.topology.PeopleEvents.TOPICS;
import static org.rlhfstreams.topology.PeopleEvents.judgement;
import static org.rlhfstreams.topology.PeopleEvents.scored;
import static org.rlhfstreams.topology.PeopleEvents.withdrawn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.topology.EventLists;
import org.rlhfstreams.topology.RestartableProcessor;

/** Which questions open and close. */
final class ComparisonsTest {
  private static final GoldQuestion GOLD = new GoldQuestion("2 + 2?", "4", "5", Choice.FIRST);

  private static final List<Choice> CHOICES = List.of(Choice.values());

  private long now;

  private static ComparisonSettings settings(int backlog, int wanted) {
    return settings(backlog, PairedVersions.ANY, 0, wanted, List.of(), 0);
  }

  private static ComparisonSettings settings(
      int backlog,
      PairedVersions versions,
      double randomShare,
      int wanted,
      List<GoldQuestion> gold,
      double goldShare) {
    return new ComparisonSettings(
        backlog, versions, randomShare, new ComparisonExpiry(4), wanted, gold, goldShare, 4, 20);
  }

  private static RestartableProcessor start(ComparisonSettings settings) {
    return new RestartableProcessor(
        () -> new Comparisons(TOPICS.judgements().name(), SERDES, settings),
        List.of(
            RestartableProcessor.store(
                ComparisonTopology.QUESTIONS, SERDES.serde(Comparison.class)),
            RestartableProcessor.store(
                ComparisonTopology.ANSWERS, EventLists.serde(SERDES, Judgement.class)),
            RestartableProcessor.store(
                ComparisonTopology.PENDING, SERDES.serde(ScoredRollout.class)),
            RestartableProcessor.store(ComparisonTopology.COUNTERS, Serdes.Long())));
  }

  /** What becomes of questions, such as {@code p/0/0|p/1/0 opened}. */
  private List<String> rollout(
      RestartableProcessor processor, String prompt, int round, long step, double score) {
    return rollout(processor, prompt, round, step, score, "text " + round);
  }

  private List<String> rollout(
      RestartableProcessor processor,
      String prompt,
      int round,
      long step,
      double score,
      String text) {
    return told(
        processor.pipe(
            TOPICS.scoredRollouts(),
            scored(prompt, round, new WeightVersion(0, step), (float) score, text),
            now++));
  }

  private List<String> judge(RestartableProcessor processor, Judgement judgement) {
    return told(processor.pipe(TOPICS.judgements(), judgement, now++));
  }

  private static List<String> told(List<Object> events) {
    return events.stream()
        .map(Comparison.class::cast)
        .map(
            question ->
                question.getComparisonId()
                    + " "
                    + (question.getClosed() == null ? "opened" : question.getClosed()))
        .toList();
  }

  @Test
  void twoResponsesToOnePromptAreAQuestion() {
    RestartableProcessor processor = start(settings(10, 2));
    assertThat(rollout(processor, "p", 1, 3, 0.5)).isEmpty();
    assertThat(rollout(processor, "q", 1, 3, 0.5)).isEmpty();
    List<Object> events =
        processor.pipe(
            TOPICS.scoredRollouts(),
            scored("p", 0, new WeightVersion(0, 2L), 0.25f, "other"),
            7000);
    Comparison question = (Comparison) events.get(0);
    assertThat(events).hasSize(1);
    assertThat(question.getComparisonId()).isEqualTo("p/0/0|p/1/0");
    assertThat(question.getPromptId()).isEqualTo("p");
    assertThat(question.getPromptText()).isEqualTo("about p");
    assertThat(question.getFirst().getText()).isEqualTo("other");
    assertThat(question.getFirst().getVersion()).isEqualTo(new WeightVersion(0, 2L));
    assertThat(question.getFirst().getScore()).isEqualTo(0.25f);
    assertThat(question.getSecond().getTokenIds()).containsExactly(5, 6);
    assertThat(question.getWantedJudgements()).isEqualTo(2);
    assertThat(question.getReason()).isEqualTo("close");
    assertThat(question.getExpected()).isNull();
    assertThat(question.getCreatedAt().toEpochMilli()).isEqualTo(7000);
  }

  @Test
  void textsThatLookTheSameAreNeverCompared() {
    RestartableProcessor processor = start(settings(10, 1));
    assertThat(rollout(processor, "p", 0, 1, 0, "yes")).isEmpty();
    assertThat(rollout(processor, "p", 1, 1, 0, " yes\n")).isEmpty();
    assertThat(rollout(processor, "p", 2, 1, 0, "Yes")).hasSize(1);
  }

  @Test
  void onlyResponsesOfOneVersionArePairedWhereAskedSo() {
    RestartableProcessor processor = start(settings(10, PairedVersions.SAME, 0, 1, List.of(), 0));
    assertThat(rollout(processor, "p", 0, 1, 0)).isEmpty();
    assertThat(rollout(processor, "p", 1, 2, 0)).isEmpty();
    assertThat(rollout(processor, "p", 2, 1, 9)).containsExactly("p/0/0|p/2/0 opened");
  }

  @Test
  void theClosestPairIsAskedAndReplacesALessUsefulOne() {
    RestartableProcessor processor = start(settings(1, 1));
    rollout(processor, "a", 0, 1, 0);
    assertThat(rollout(processor, "a", 1, 1, 5)).containsExactly("a/0/0|a/1/0 opened");
    rollout(processor, "b", 0, 1, 0);
    assertThat(rollout(processor, "b", 1, 1, 7)).isEmpty();
    assertThat(rollout(processor, "b", 2, 1, 1))
        .containsExactly("a/0/0|a/1/0 replaced", "b/0/0|b/2/0 opened");
  }

  @Test
  void whatSomebodyHasAnsweredIsNotReplaced() {
    RestartableProcessor processor = start(settings(1, 2));
    rollout(processor, "a", 0, 1, 0);
    rollout(processor, "a", 1, 1, 5);
    Judgement skip = judgement("0", "a/0/0|a/1/0", "bob", Choice.SKIP);
    assertThat(judge(processor, skip)).isEmpty();
    assertThat(judge(processor, judgement("1", "a/0/0|a/1/0", "ann", Choice.TIE))).isEmpty();
    rollout(processor, "b", 0, 1, 0);
    assertThat(rollout(processor, "b", 1, 1, 1)).isEmpty();
    // The freed place is taken at once, by what has waited for it.
    assertThat(judge(processor, judgement("2", "a/0/0|a/1/0", "cem", Choice.FIRST)))
        .containsExactly("a/0/0|a/1/0 judged", "b/0/0|b/1/0 opened");
  }

  @Test
  void onlyAnswersThatCountCloseAQuestion() {
    RestartableProcessor processor = start(settings(5, 2));
    rollout(processor, "a", 0, 1, 0);
    rollout(processor, "a", 1, 1, 5);
    String id = "a/0/0|a/1/0";
    Judgement first = judgement("1", id, "ann", Choice.FIRST);
    assertThat(judge(processor, first)).isEmpty();
    assertThat(judge(processor, first)).isEmpty();
    assertThat(judge(processor, judgement("2", id, "ann", Choice.FIRST))).isEmpty();
    assertThat(judge(processor, judgement("3", id, "bob", Choice.SKIP))).isEmpty();
    assertThat(judge(processor, withdrawn(first))).isEmpty();
    assertThat(judge(processor, judgement("4", id, "cem", Choice.SECOND))).isEmpty();
    assertThat(judge(processor, judgement("5", id, "dan", Choice.TIE)))
        .containsExactly(id + " judged");
  }

  @Test
  void anAnswerTakenBackOpensTheQuestionAgainUntilItExpires() {
    RestartableProcessor processor = start(settings(5, 1));
    rollout(processor, "a", 0, 1, 0);
    rollout(processor, "a", 1, 1, 5);
    String id = "a/0/0|a/1/0";
    Judgement first = judgement("1", id, "ann", Choice.FIRST);
    assertThat(judge(processor, first)).containsExactly(id + " judged");
    assertThat(judge(processor, withdrawn(first))).containsExactly(id + " opened");
    Judgement second = judgement("2", id, "ann", Choice.FIRST);
    assertThat(judge(processor, second)).containsExactly(id + " judged");
    assertThat(rollout(processor, "x", 0, 6, 0)).isEmpty();
    assertThat(judge(processor, withdrawn(second))).isEmpty();
  }

  @Test
  void aQuestionReopensOnlyWhereThereIsAPlace() {
    RestartableProcessor processor = start(settings(1, 1));
    rollout(processor, "a", 0, 1, 0);
    rollout(processor, "a", 1, 1, 5);
    rollout(processor, "b", 0, 1, 0);
    rollout(processor, "b", 1, 1, 6);
    String id = "a/0/0|a/1/0";
    Judgement first = judgement("1", id, "ann", Choice.FIRST);
    assertThat(judge(processor, first)).containsExactly(id + " judged", "b/0/0|b/1/0 opened");
    // It is closer in score than the one that is open now.
    assertThat(judge(processor, withdrawn(first)))
        .containsExactly("b/0/0|b/1/0 replaced", id + " opened");
  }

  @Test
  void questionsAndWhatWaitsExpireWhenThePolicyHasMovedOn() {
    RestartableProcessor processor = start(settings(5, 1));
    rollout(processor, "a", 0, 1, 0);
    rollout(processor, "a", 1, 3, 5);
    rollout(processor, "b", 0, 1, 0);
    assertThat(rollout(processor, "c", 0, 5, 0)).isEmpty();
    assertThat(rollout(processor, "c", 1, 6, 0))
        .containsExactly("a/0/0|a/1/0 expired", "c/0/0|c/1/0 opened");
    assertThat(rollout(processor, "b", 1, 6, 0)).isEmpty();
    assertThat(rollout(processor, "b", 2, 1, 0)).isEmpty(); // a late one of an expired version
    assertThat(judge(processor, judgement("1", "a/0/0|a/1/0", "ann", Choice.TIE))).isEmpty();
  }

  @Test
  void aRollbackExpiresTheLineItLeaves() {
    RestartableProcessor processor = start(settings(5, 1));
    rollout(processor, "a", 0, 5, 0);
    rollout(processor, "a", 1, 5, 5);
    ScoredRollout back = scored("b", 0, new WeightVersion(1, 2L), 0, "x");
    assertThat(told(processor.pipe(TOPICS.scoredRollouts(), back, 0)))
        .containsExactly("a/0/0|a/1/0 expired");
  }

  @Test
  void goldQuestionsComeAtTheirShareAndTellNothing() {
    RestartableProcessor processor =
        start(settings(100, PairedVersions.ANY, 0.5, 1, List.of(GOLD), 0.25));
    List<Comparison> opened = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      for (int round = 0; round < 2; round++) {
        processor
            .pipe(
                TOPICS.scoredRollouts(),
                scored("p" + i, round, new WeightVersion(0, 1L), i, "text " + round),
                0)
            .forEach(event -> opened.add((Comparison) event));
      }
    }
    assertThat(opened).hasSize(40);
    List<Comparison> gold =
        opened.stream().filter(question -> question.getExpected() != null).toList();
    assertThat(gold)
        .hasSize(10)
        .allSatisfy(
            question -> {
              assertThat(question.getReason()).isEqualTo("gold");
              assertThat(question.getPromptText()).isEqualTo("2 + 2?");
              assertThat(question.getFirst().getText()).isEqualTo("4");
              assertThat(question.getComparisonId()).doesNotContain("gold");
              assertThat(question.getComparisonId())
                  .isEqualTo(
                      question.getFirst().getRolloutId()
                          + "|"
                          + question.getSecond().getRolloutId());
            });
    assertThat(gold).extracting(Comparison::getComparisonId).doesNotHaveDuplicates();
    assertThat(opened).extracting(Comparison::getReason).contains("random", "close");
  }

  @Test
  void aShareOfTheBacklogIsRandomHoweverCloseTheOthersAre() {
    RestartableProcessor processor = start(settings(10, PairedVersions.ANY, 0.3, 1, List.of(), 0));
    Map<String, Comparison> open = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      for (int round = 0; round < 2; round++) {
        processor
            .pipe(
                TOPICS.scoredRollouts(),
                scored(
                    "p" + i, round, new WeightVersion(0, 1L), round * (300f - i), "text " + round),
                0)
            .forEach(event -> keep(open, (Comparison) event));
      }
    }
    assertThat(
            open.values().stream()
                .collect(Collectors.groupingBy(Comparison::getReason, Collectors.counting())))
        .containsEntry("random", 3L)
        .containsEntry("close", 7L);
  }

  private static void keep(Map<String, Comparison> open, Comparison question) {
    if (question.getClosed() == null) {
      open.put(question.getComparisonId(), question);
    } else {
      open.remove(question.getComparisonId());
    }
  }

  /** Something that happens: a rollout, or a judgement of one of the questions seen so far. */
  private record Step(boolean rollout, int number, int step, int score, int text) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.of(true, true, true, false),
            Arbitraries.integers().between(0, 11),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 9),
            Arbitraries.integers().between(0, 2))
        .as(Step::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(80);
  }

  @Property(tries = 60)
  void whateverHappensAndWhereverItRestarts(
      @ForAll("histories") List<Step> history,
      @ForAll @IntRange(min = 1, max = 4) int backlog,
      @ForAll @IntRange(max = 79) int restartAt) {
    ComparisonSettings settings = settings(backlog, PairedVersions.ANY, 0.4, 2, List.of(GOLD), 0.2);
    List<Object> told = invariants(settings, history, -1);
    assertThat(invariants(settings, history, restartAt)).isEqualTo(told);
  }

  private static List<Object> invariants(
      ComparisonSettings settings, List<Step> history, int restartAt) {
    RestartableProcessor processor = start(settings);
    List<Object> told = new ArrayList<>();
    Map<String, Comparison> open = new HashMap<>();
    Set<String> seen = new TreeSet<>();
    long newest = 0;
    long opened = 0;
    long gold = 0;
    for (int i = 0; i < history.size(); i++) {
      if (i == restartAt) {
        processor.restart();
      }
      Step step = history.get(i);
      List<Object> events = List.of();
      if (step.rollout()) {
        long version = (long) i / 8 + step.step();
        newest = Math.max(newest, version);
        events =
            processor.pipe(
                TOPICS.scoredRollouts(),
                scored(
                    "p" + step.number() % 3,
                    i,
                    new WeightVersion(0, version),
                    step.score(),
                    "text " + step.text()),
                i);
      } else if (!seen.isEmpty()) {
        String comparisonId = List.copyOf(seen).get(step.number() % seen.size());
        Judgement judgement =
            judgement(
                comparisonId + step.score() % 4,
                comparisonId,
                "annotator " + step.score() % 4,
                CHOICES.get(step.score() % 4));
        events =
            processor.pipe(
                TOPICS.judgements(), step.text() == 0 ? withdrawn(judgement) : judgement, i);
      }
      for (Object event : events) {
        Comparison question = (Comparison) event;
        if (question.getClosed() == null) {
          boolean isNew = seen.add(question.getComparisonId());
          opened += isNew ? 1 : 0;
          gold += isNew && question.getExpected() != null ? 1 : 0;
        } else {
          assertThat(open).containsKey(question.getComparisonId());
        }
        keep(open, question);
      }
      told.addAll(events);
      assertThat(open.size()).isLessThanOrEqualTo(settings.backlog());
      assertThat((double) gold).isLessThanOrEqualTo(settings.goldShare() * opened + 1e-6);
      for (Comparison question : open.values()) {
        assertThat(question.getFirst().getText()).isNotEqualTo(question.getSecond().getText());
        assertThat(newest - question.getFirst().getVersion().getStep()).isLessThanOrEqualTo(4);
        assertThat(newest - question.getSecond().getVersion().getStep()).isLessThanOrEqualTo(4);
      }
    }
    return told;
  }

  @Test
  void aQuestionKeepsTheConversationThatIsAskedAbout() {
    RestartableProcessor processor = start(settings(10, 1));
    List<ChatMessage> messages =
        List.of(new ChatMessage("system", "Be brief.", null), new ChatMessage("user", "Hi", null));
    Comparison question = null;
    for (int round = 1; round <= 2; round++) {
      ScoredRollout plain = scored("p", round, new WeightVersion(0, 3L), round, "text " + round);
      Rollout conversation =
          Rollout.newBuilder(plain.getRollout())
              .setPromptMessages(messages)
              .setPromptTemplateVariables("{}")
              .build();
      for (Object event :
          processor.pipe(
              TOPICS.scoredRollouts(),
              ScoredRollout.newBuilder(plain).setRollout(conversation).build(),
              now++)) {
        question = (Comparison) event;
      }
    }
    assertThat(question)
        .returns(messages, Comparison::getPromptMessages)
        .returns("{}", Comparison::getPromptTemplateVariables);
  }
}
