package org.rlhfstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.topology.PeopleEvents.SERDES;
import static org.rlhfstreams.topology.PeopleEvents.TOPICS;
import static org.rlhfstreams.topology.PeopleEvents.judgement;
import static org.rlhfstreams.topology.PeopleEvents.scored;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.topology.admission.AdmissionListener;
import org.rlhfstreams.topology.admission.AdmissionSettings;
import org.rlhfstreams.topology.admission.AdmissionTopology;
import org.rlhfstreams.topology.admission.EncodedPrompt;
import org.rlhfstreams.topology.comparisons.ComparisonExpiry;
import org.rlhfstreams.topology.comparisons.ComparisonSettings;
import org.rlhfstreams.topology.comparisons.ComparisonTopology;
import org.rlhfstreams.topology.comparisons.PairedVersions;
import org.rlhfstreams.topology.judgements.AnnotatorWeight;
import org.rlhfstreams.topology.judgements.JudgementSettings;
import org.rlhfstreams.topology.judgements.JudgementTopology;
import org.rlhfstreams.topology.statistics.StatisticsTopology;

/**
 * All topologies on one builder, as one process hosts them: some read what others read or write.
 */
final class PeopleTopologiesTest {
  @TempDir private Path state;

  private static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    AdmissionTopology.build(
        builder,
        TOPICS,
        SERDES,
        prompt -> new EncodedPrompt(prompt.getText(), new int[] {1}),
        new AdmissionSettings(
            0,
            0,
            0,
            1,
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(16)
                .setSeed(7L)
                .build(),
            List.of()),
        AdmissionListener.none());
    StatisticsTopology.build(builder, TOPICS, SERDES);
    ComparisonTopology.build(
        builder,
        TOPICS,
        SERDES,
        new ComparisonSettings(
            9, PairedVersions.ANY, 0, new ComparisonExpiry(4), 1, List.of(), 0, 4, 20));
    JudgementTopology.build(
        builder,
        TOPICS,
        SERDES,
        new JudgementSettings(Duration.ofMinutes(10), new AnnotatorWeight(4)));
    return builder.build();
  }

  private TopologyTestDriver start() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "people");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    return new TopologyTestDriver(topology(), properties, Instant.ofEpochSecond(1));
  }

  private static void pipe(TopologyTestDriver driver, Topic topic, Object event) {
    driver
        .createInputTopic(topic.name(), new StringSerializer(), SERDES.serializer())
        .pipeInput("key", event, Instant.ofEpochSecond(1));
  }

  private static <T extends SpecificRecord> TestOutputTopic<String, T> output(
      TopologyTestDriver driver, Topic topic, Class<T> event) {
    return driver.createOutputTopic(
        topic.name(), new StringDeserializer(), SERDES.serde(event).deserializer());
  }

  @Test
  void aClickOnTwoRolloutsIsAPreference() {
    try (TopologyTestDriver driver = start()) {
      pipe(driver, TOPICS.scoredRollouts(), scored("p", 0, new WeightVersion(0, 1L), 1, "yes"));
      pipe(driver, TOPICS.scoredRollouts(), scored("p", 1, new WeightVersion(0, 2L), 2, "no"));
      TestOutputTopic<String, Comparison> comparisons =
          output(driver, TOPICS.comparisons(), Comparison.class);
      String comparisonId = comparisons.readValue().getComparisonId();
      pipe(driver, TOPICS.judgements(), judgement("1", comparisonId, "ann", Choice.SECOND));
      assertThat(comparisons.readValue().getClosed()).isEqualTo("judged");
      Preference preference = output(driver, TOPICS.preferences(), Preference.class).readValue();
      assertThat(preference.getPreferenceId()).isEqualTo("comparison/p/0/0|p/1/0");
      assertThat(preference.getChosen()).isEqualTo("no");
      assertThat(
              output(driver, TOPICS.rolloutStatistics(), RolloutStatistics.class)
                  .readKeyValuesToMap())
          .containsOnlyKeys("0.1", "0.2");
    }
  }

  /** A store has as many parts as the topics it is fed from; these rules count over all records. */
  @Test
  void everythingThatMeetsInAStoreHasOnePartition() {
    Set<String> single =
        TOPICS.all().stream()
            .filter(topic -> topic.partitions() == 1)
            .map(Topic::name)
            .collect(Collectors.toSet());
    Set<String> stores = new HashSet<>();
    for (TopologyDescription.Subtopology part : topology().describe().subtopologies()) {
      Set<String> sources = new HashSet<>();
      Set<String> fed = new HashSet<>();
      for (TopologyDescription.Node node : part.nodes()) {
        if (node instanceof TopologyDescription.Source source) {
          sources.addAll(source.topicSet());
        } else if (node instanceof TopologyDescription.Processor processor) {
          fed.addAll(processor.stores());
        }
      }
      if (!fed.isEmpty()) {
        sources.remove("admission-repartition"); // made with one
        assertThat(single).containsAll(sources);
        stores.addAll(fed);
      }
    }
    assertThat(stores).contains("admission-counters", "comparison-questions", "judgement-answers");
  }

  @Test
  void aRecordThatIsNoEventMakesOneDeadLetter() {
    try (TopologyTestDriver driver = start()) {
      List<Topic> read =
          List.of(
              TOPICS.scoredRollouts(),
              TOPICS.judgements(),
              TOPICS.comparisons(),
              TOPICS.controls());
      for (Topic topic : read) {
        driver
            .createInputTopic(topic.name(), new StringSerializer(), new ByteArraySerializer())
            .pipeInput("key", "not avro".getBytes(StandardCharsets.UTF_8));
      }
      assertThat(output(driver, TOPICS.deadLetters(), DeadLetter.class).readValuesToList())
          .extracting(DeadLetter::getTopic)
          .containsExactlyElementsOf(read.stream().map(Topic::name).toList());
    }
  }
}
