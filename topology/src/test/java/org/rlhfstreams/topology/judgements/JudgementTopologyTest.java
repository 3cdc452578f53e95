package org.rlhfstreams.topology.judgements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.rlhfstreams.topology.PeopleEvents.SERDES;
import static org.rlhfstreams.topology.PeopleEvents.TOPICS;
import static org.rlhfstreams.topology.PeopleEvents.comparison;
import static org.rlhfstreams.topology.PeopleEvents.judgement;
import static org.rlhfstreams.topology.PeopleEvents.withdrawn;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TraceParent;

final class JudgementTopologyTest {
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @TempDir private Path state;

  private TopologyTestDriver driver;
  private TestInputTopic<String, Object> comparisons;
  private TestInputTopic<String, byte[]> judgements;
  private TestOutputTopic<String, Preference> preferences;
  private TestOutputTopic<String, AnnotatorStatistics> statistics;
  private TestOutputTopic<String, DeadLetter> refused;
  private Instant now = Instant.ofEpochSecond(1000);

  @BeforeEach
  void start() {
    StreamsBuilder builder = new StreamsBuilder();
    JudgementTopology.build(
        builder,
        TOPICS,
        SERDES,
        new JudgementSettings(Duration.ofMinutes(10), new AnnotatorWeight(4)));
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "judgements");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    driver = new TopologyTestDriver(builder.build(), properties);
    StringSerializer keys = new StringSerializer();
    comparisons = driver.createInputTopic(TOPICS.comparisons().name(), keys, SERDES.serializer());
    judgements =
        driver.createInputTopic(TOPICS.judgements().name(), keys, new ByteArraySerializer());
    preferences = output(TOPICS.preferences(), Preference.class);
    statistics = output(TOPICS.annotatorStatistics(), AnnotatorStatistics.class);
    refused = output(TOPICS.deadLetters(), DeadLetter.class);
  }

  private <T extends SpecificRecord> TestOutputTopic<String, T> output(
      Topic topic, Class<T> event) {
    return driver.createOutputTopic(
        topic.name(), new StringDeserializer(), SERDES.serde(event).deserializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void ask(Comparison comparison) {
    comparisons.pipeInput(comparison.getComparisonId(), comparison, now);
  }

  private void ask(String comparisonId, int wanted) {
    ask(comparison(comparisonId, wanted, null));
  }

  private void closed(String comparisonId, String why) {
    ask(Comparison.newBuilder(comparison(comparisonId, 1, null)).setClosed(why).build());
  }

  private Judgement judge(String id, String comparisonId, String annotator, Choice choice) {
    Judgement judgement = judgement(id, comparisonId, annotator, choice);
    send(judgement);
    return judgement;
  }

  private void send(Judgement judgement) {
    send(judgement, new RecordHeaders());
  }

  private void send(Judgement judgement, Headers headers) {
    byte[] bytes = SERDES.serializer().serialize(TOPICS.judgements().name(), judgement);
    judgements.pipeInput(new TestRecord<>(judgement.getComparisonId(), bytes, headers, now));
  }

  private Map<String, AnnotatorStatistics> figures() {
    return new HashMap<>(statistics.readKeyValuesToMap());
  }

  @Test
  void anAnswerIsAPreferenceThatSaysWhereItIsFrom() {
    ask("c", 1);
    Headers headers = new RecordHeaders();
    new TraceParent(TRACE).into(headers);
    send(judgement("1", "c", "ann", Choice.SECOND), headers);
    TestRecord<String, Preference> record = preferences.readRecord();
    assertThat(record.key()).isEqualTo("comparison/c");
    assertThat(TraceParent.of(record.headers())).contains(new TraceParent(TRACE));
    assertThat(record.value())
        .isEqualTo(
            Preference.newBuilder()
                .setPreferenceId("comparison/c")
                .setPrompt("prompt")
                .setChosen("no")
                .setRejected("yes")
                .setMargin(1f)
                .setWeight(1f)
                .setSource("annotators")
                .setCreatedAt(now)
                .setComparisonId("c")
                .setAnnotators(List.of("ann"))
                .setChosenRolloutId("p/1/0")
                .setRejectedRolloutId("p/0/0")
                .build());
    assertThat(preferences.isEmpty()).isTrue();
  }

  @Test
  void theWantedNumberDecidesAndTiesAndSkipsPreferNothing() {
    ask("c", 3);
    judge("1", "c", "ann", Choice.FIRST);
    judge("2", "c", "bob", Choice.SKIP);
    judge("3", "c", "cem", Choice.FIRST);
    assertThat(preferences.isEmpty()).isTrue();
    judge("4", "c", "dan", Choice.SECOND);
    Preference preference = preferences.readValue();
    assertThat(preference.getChosen()).isEqualTo("yes");
    assertThat(preference.getMargin()).isEqualTo(1 / 3f);
    assertThat(preference.getAnnotators()).containsExactly("ann", "cem", "dan");
    ask("tie", 1);
    judge("5", "tie", "ann", Choice.TIE);
    ask("split", 2);
    judge("6", "split", "ann", Choice.FIRST);
    judge("7", "split", "bob", Choice.SECOND);
    assertThat(preferences.isEmpty()).isTrue();
  }

  @Test
  void aJudgementThatIsEarlyWaitsForItsComparison() {
    judge("1", "c", "ann", Choice.FIRST);
    assertThat(preferences.isEmpty() && statistics.isEmpty()).isTrue();
    now = now.plusSeconds(5);
    ask("c", 1);
    assertThat(preferences.readValue().getChosen()).isEqualTo("yes");
    assertThat(figures().get("ann").getJudgements()).isEqualTo(1);
    now = now.plus(Duration.ofHours(1));
    ask("other", 1); // time goes on
    assertThat(refused.isEmpty()).isTrue();
  }

  @Test
  void aComparisonThatNeverComesMakesADeadLetterInTheEnd() {
    Judgement judgement = judge("1", "nobody asked", "ann", Choice.FIRST);
    Instant sent = now;
    now = now.plus(Duration.ofMinutes(5));
    judge("2", "nobody asked", "bob", Choice.FIRST);
    now = now.plus(Duration.ofMinutes(6));
    ask("other", 1);
    DeadLetter letter = refused.readValue();
    assertThat(refused.isEmpty()).isTrue();
    assertThat(letter.getTopic()).isEqualTo(TOPICS.judgements().name());
    assertThat(letter.getOffset()).isZero();
    assertThat(letter.getKind()).isEqualTo("rule");
    assertThat(letter.getStage()).isEqualTo("judgements");
    assertThat(letter.getRefusedAt()).isEqualTo(sent);
    assertThat(letter.getReason())
        .contains("judgement 1 answers comparison nobody asked", "within 600 s");
    assertThat(letter.getValue().array())
        .isEqualTo(SERDES.serializer().serialize(TOPICS.judgements().name(), judgement));
    ask("nobody asked", 1); // late, but the second one has waited for it
    assertThat(preferences.readValue().getAnnotators()).containsExactly("bob");
  }

  @Test
  void onlySoManyWaitForOneComparison() {
    for (int i = 0; i <= Judgements.MOST_WAITING; i++) {
      judge("j" + i, "nobody asked", "annotator " + i, Choice.FIRST);
    }
    assertThat(refused.readValuesToList())
        .extracting(DeadLetter::getOffset)
        .containsExactly((long) Judgements.MOST_WAITING);
  }

  @Test
  void answersThatWaitFitIntoOneRecordOfTheStoresTopic() {
    String comment = "long ".repeat(80_000);
    for (int i = 0; i < 3; i++) {
      send(
          Judgement.newBuilder(judgement("j" + i, "late", "annotator " + i, Choice.FIRST))
              .setComment(comment)
              .build());
    }
    DeadLetter letter = refused.readValue();
    assertThat(letter.getOffset()).isEqualTo(2);
    assertThat(letter.getReason())
        .contains("judgement j2 is too large to wait for comparison late");
    send(
        Judgement.newBuilder(judgement("huge", "later", "ann", Choice.FIRST))
            .setComment("long ".repeat(400_000))
            .build());
    assertThat(refused.readValue().getCut()).containsExactly("value");
    ask("late", 2);
    assertThat(preferences.readValue().getAnnotators())
        .containsExactly("annotator 0", "annotator 1");
    assertThat(refused.isEmpty()).isTrue();
  }

  @Test
  void anAnswerThatCrossedTheClosingCountsUntilTheQuestionIsForgotten() {
    ask("c", 1);
    closed("c", "replaced");
    ask("d", 1);
    closed("d", "expired");
    judge("1", "c", "ann", Choice.FIRST);
    assertThat(preferences.readValue().getComparisonId()).isEqualTo("c");
    now = now.plus(Duration.ofMinutes(12));
    ask("e", 1);
    judge("2", "d", "ann", Choice.FIRST);
    assertThat(preferences.isEmpty()).isTrue();
    // What somebody has answered is kept, whatever closed it.
    send(withdrawn(judgement("1", "c", "ann", Choice.FIRST)));
    assertThat(preferences.readValue().getWithdrawn()).isTrue();
  }

  @Test
  void everyIdAndEveryPersonCountsOnce() {
    ask("c", 2);
    ask("d", 1);
    judge("1", "c", "ann", Choice.FIRST);
    judge("1", "c", "ann", Choice.FIRST); // sent again
    judge("2", "c", "ann", Choice.FIRST);
    judge("1", "d", "bob", Choice.FIRST);
    judge("3", "d", "", Choice.FIRST);
    assertThat(preferences.isEmpty()).isTrue();
    assertThat(refused.readValuesToList())
        .extracting(DeadLetter::getOffset, DeadLetter::getReason)
        .containsExactly(
            tuple(
                2L,
                "judgement 2 is a second one by ann of comparison c; the first must be taken back before"),
            tuple(
                3L,
                "judgement 1 of comparison d has the id of a judgement of c; each needs its own"),
            tuple(4L, "judgement 3 names no annotator; say who judged"));
    assertThat(figures().get("").getJudgements()).isEqualTo(1);
  }

  @Test
  void whatIsTakenBackTakesThePreferenceBackAndTheRestMayDecideAnew() {
    ask("c", 3);
    Judgement ann = judge("1", "c", "ann", Choice.FIRST);
    Judgement bob = judge("2", "c", "bob", Choice.FIRST);
    judge("3", "c", "cem", Choice.SECOND);
    Preference first = preferences.readValue();
    judge("4", "c", "dan", Choice.SECOND);
    // Two against two: no preference any more.
    assertThat(preferences.readValue())
        .isEqualTo(Preference.newBuilder(first).setWithdrawn(true).build());
    now = now.plusSeconds(9);
    send(withdrawn(ann));
    Preference second = preferences.readValue();
    assertThat(second.getPreferenceId()).isEqualTo(first.getPreferenceId());
    assertThat(second.getChosen()).isEqualTo("no");
    assertThat(second.getWithdrawn()).isFalse();
    assertThat(second.getAnnotators()).containsExactly("bob", "cem", "dan");
    assertThat(second.getCreatedAt()).isEqualTo(now);
    send(withdrawn(ann)); // again
    assertThat(preferences.isEmpty()).isTrue();
    send(withdrawn(bob)); // too few are left
    assertThat(preferences.readValue())
        .isEqualTo(Preference.newBuilder(second).setWithdrawn(true).build());
    assertThat(figures().get("ann").getJudgements()).isZero();
  }

  @Test
  void aMajorityThatTurnsIsTakenBackAndToldAnew() {
    ask("c", 1);
    Judgement ann = judge("1", "c", "ann", Choice.FIRST);
    assertThat(preferences.readValue().getChosen()).isEqualTo("yes");
    judge("2", "c", "bob", Choice.FIRST);
    judge("3", "c", "cem", Choice.FIRST);
    assertThat(preferences.isEmpty()).isTrue();
    // Nobody stays named whose judgement was taken back, nor does their voice in margin and weight.
    send(withdrawn(ann));
    assertThat(preferences.readValuesToList())
        .extracting(Preference::getWithdrawn, Preference::getChosen, Preference::getAnnotators)
        .containsExactly(
            tuple(true, "yes", List.of("ann")), tuple(false, "yes", List.of("bob", "cem")));
    send(withdrawn(judgement("2", "c", "bob", Choice.FIRST)));
    send(withdrawn(judgement("3", "c", "cem", Choice.FIRST)));
    judge("4", "c", "cem", Choice.SECOND);
    assertThat(preferences.readValuesToList())
        .extracting(Preference::getWithdrawn, Preference::getChosen)
        .containsExactly(
            tuple(true, "yes"), tuple(false, "yes"), tuple(true, "yes"), tuple(false, "no"));
  }

  @Test
  void goldAnswersWeighPeopleAndArePreferencesOfNobody() {
    for (int i = 0; i < 4; i++) {
      ask(comparison("gold " + i, 1, Choice.FIRST));
      judge("a" + i, "gold " + i, "ann", Choice.FIRST);
      judge("b" + i, "gold " + i, "bob", Choice.SECOND);
      judge("c" + i, "gold " + i, "cem", i == 0 ? Choice.TIE : Choice.SKIP);
    }
    assertThat(preferences.isEmpty()).isTrue();
    Map<String, AnnotatorStatistics> figures = figures();
    assertThat(figures.get("ann").getWeight()).isEqualTo(1);
    assertThat(figures.get("ann").getGoldRight()).isEqualTo(4);
    assertThat(figures.get("bob").getWeight()).isZero();
    assertThat(figures.get("bob").getGoldAnswered()).isEqualTo(4);
    assertThat(figures.get("cem").getGoldAnswered()).isEqualTo(1);
    assertThat(figures.get("cem").getSkips()).isEqualTo(3);
    assertThat(figures.get("cem").getTies()).isEqualTo(1);
    ask("c", 2);
    judge("1", "c", "ann", Choice.FIRST);
    judge("2", "c", "bob", Choice.SECOND);
    assertThat(preferences.readValue().getChosen()).isEqualTo("yes");
    ask("d", 1);
    judge("3", "d", "bob", Choice.SECOND); // nobody takes his word
    assertThat(preferences.isEmpty()).isTrue();
    send(withdrawn(judgement("b0", "gold 0", "bob", Choice.SECOND)));
    assertThat(figures().get("bob").getWeight()).isPositive();
  }

  @Test
  void anAnswerOfAnAnnotationToolIsWantedButHasAPreferenceOfItsOwn() {
    String tool = "label-studio/app/7@2026-01-01T00:00:00Z";
    ask("alone", 1);
    judge(tool, "alone", "label-studio/3", Choice.FIRST);
    assertThat(preferences.isEmpty()).as("the tool's annotation is published as one").isTrue();
    assertThat(figures().get("label-studio/3").getJudgements()).isEqualTo(1);
    ask("both", 2);
    judge("argilla/app/8@2026-01-01T00:00:00Z", "both", "argilla/ann", Choice.FIRST);
    judge("1", "both", "bob", Choice.SECOND);
    Preference preference = preferences.readValue();
    assertThat(preference.getChosen()).isEqualTo("no");
    assertThat(preference.getMargin()).isEqualTo(1f);
    assertThat(preference.getAnnotators()).containsExactly("bob");
    assertThat(preferences.isEmpty() && refused.isEmpty()).isTrue();
  }

  @Test
  void agreementIsOfAllAndOfEachWithTheOthers() {
    ask("alone", 1);
    judge("0", "alone", "ann", Choice.FIRST);
    assertThat(figures().get("").getAgreement()).isNull();
    String[] annotators = {"ann", "bob"};
    // Krippendorff 2011, example A.
    String[] said = {"0100000010", "1110010000"};
    for (int unit = 0; unit < 10; unit++) {
      ask("u" + unit, 2);
      for (int i = 0; i < 2; i++) {
        judge(
            "j" + unit + i,
            "u" + unit,
            annotators[i],
            said[i].charAt(unit) == '1' ? Choice.FIRST : Choice.SECOND);
      }
    }
    Map<String, AnnotatorStatistics> figures = figures();
    assertThat(figures.get("").getAgreement()).isEqualTo(1 - 19 * 8 / 168.0);
    assertThat(figures.get("ann").getAgreement()).isEqualTo(0.6);
    assertThat(figures.get("bob").getAgreement()).isEqualTo(0.6);
    assertThat(figures.get("").getJudgements()).isEqualTo(21);
    assertThat(figures.get("").getWeight()).isEqualTo(1);
    assertThat(figures.get("").getUpdatedAt()).isEqualTo(now);
  }

  @Test
  void whatIsNoJudgementBecomesADeadLetterAndStopsNothing() {
    judgements.pipeInput("x", "not avro".getBytes(StandardCharsets.UTF_8));
    judgements.pipeInput(
        "x", SERDES.serializer().serialize(TOPICS.judgements().name(), comparison("c", 1, null)));
    ask("c", 1);
    judge("1", "c", "ann", Choice.FIRST);
    assertThat(preferences.readValuesToList()).hasSize(1);
    assertThat(refused.readValuesToList())
        .extracting(DeadLetter::getKind, DeadLetter::getOffset)
        .containsExactly(tuple("undecodable", 0L), tuple("undecodable", 1L));
  }

  @Test
  void anAnswerAboutAConversationIsLearnedFromAsOne() {
    List<ChatMessage> messages = List.of(new ChatMessage("user", "Hi", null));
    ask(
        Comparison.newBuilder(comparison("c", 1, null))
            .setPromptMessages(messages)
            .setPromptTemplateVariables("{\"tools\":[]}")
            .build());
    judge("1", "c", "ann", Choice.SECOND);
    assertThat(preferences.readValue())
        .returns("", Preference::getPrompt)
        .returns(messages, Preference::getMessages)
        .returns("{\"tools\":[]}", Preference::getTemplateVariables)
        .returns("no", Preference::getChosen);
  }
}
