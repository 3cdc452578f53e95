package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/** Files are imported again, corrected, and beside others of the same name. */
@Tag("slow")
final class ImportCommandsTest {
  private static final String FOX = pair("fox", "ran", "slept");
  private static final String HEN = pair("hen", "sang", "hid");
  private static final String OWL = pair("owl", "flew", "fell");

  @TempDir private static Path data;
  private static CommandCluster cluster;
  private static KafkaConnection connection;

  @TempDir private Path directory;

  @BeforeAll
  static void startStack() {
    cluster = CommandCluster.start(data);
    connection = cluster.connection();
    rlhf("topics", "create");
  }

  @AfterAll
  static void closeStack() {
    cluster.close();
  }

  private static String pair(String animal, String chosen, String rejected) {
    return "{\"prompt\": \"The %s\", \"chosen\": \" %s.\", \"rejected\": \" %s.\"}"
        .formatted(animal, chosen, rejected);
  }

  private Path file(String name, String... lines) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, List.of(lines));
  }

  private static String rlhf(String... arguments) {
    return typing("", arguments);
  }

  private static String failing(String... arguments) {
    return cluster.expecting(1, arguments).errors();
  }

  private static String typing(String input, String... arguments) {
    return cluster.typing(input, 0, arguments).output();
  }

  private static <T extends SpecificRecord> List<T> read(Topic topic, Class<T> type) {
    List<T> events = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(topic, connection.decoder(type), (record, event) -> events.add(event));
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
    return events;
  }

  /** Texts of the prompts of a file. */
  private static List<String> prompts(String file) {
    return read(connection.topics().prompts(), Prompt.class).stream()
        .filter(prompt -> prompt.getSource().startsWith(file + ":"))
        .map(Prompt::getText)
        .toList();
  }

  /** Chosen responses of the preferences of a file. */
  private static List<String> chosen(String file) {
    return read(connection.topics().preferences(), Preference.class).stream()
        .filter(preference -> preference.getSource().startsWith(file + ":"))
        .map(Preference::getChosen)
        .toList();
  }

  private static void write(Topic topic, String key, SpecificRecord event) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(new ProducerRecord<>(topic.name(), key, event));
      producer.flush();
    }
  }

  private static Prompt prompt(String id, String text, String source) {
    return Prompt.newBuilder()
        .setPromptId(id)
        .setText(text)
        .setSource(source)
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  @Test
  void promptsThatAreImportedAgainAreNotDoubled() throws IOException {
    String file = file("again.txt", "One", "Two").toString();
    assertThat(rlhf("prompts", "import", file)).contains("published 2 prompts of " + file + "\n");
    assertThat(rlhf("prompts", "import", file))
        .contains("published no prompts of " + file + ": all 2 are on rlhf.prompts alr");
    assertThat(prompts("again.txt")).containsExactlyInAnyOrder("One", "Two");
  }

  @Test
  void heldOutPromptsAreMarkedAndKnownAmongThemselves() throws IOException {
    String file = file("held-out.txt", "One", "Two").toString();
    assertThat(rlhf("prompts", "import", "--held-out", file))
        .contains("published 2 prompts of " + file);
    assertThat(rlhf("prompts", "import", "--held-out", file)).contains("published no prompts");
    assertThat(read(connection.topics().prompts(), Prompt.class))
        .filteredOn(prompt -> prompt.getSource().startsWith("held-out.txt:"))
        .hasSize(2)
        .allMatch(Prompt::getHeldOut);
    assertThat(cluster.expecting(2, "prompts", "import", "--held-out").errors())
        .contains("--held-out is for the prompts of files");
  }

  @Test
  void ofCorrectedPromptsThoseArePublishedThatAreNew() throws IOException {
    rlhf("prompts", "import", file("corrected.txt", "One", "Tow", "Three").toString());
    String file = file("corrected.txt", "Zero", "One", "Two", "Three").toString();
    assertThat(rlhf("prompts", "import", file))
        .contains("published 2 prompts of " + file + "; 2 more are on rlhf.prompts alr");
    assertThat(prompts("corrected.txt"))
        .containsExactlyInAnyOrder("One", "Tow", "Three", "Zero", "Two");
  }

  @Test
  void aPromptThatStandsTwiceInAFileIsTwoPrompts() throws IOException {
    String file = file("twice.txt", "One", "Two", "One").toString();
    assertThat(rlhf("prompts", "import", file)).contains("published 3 prompts");
    assertThat(rlhf("prompts", "import", file)).contains("published no prompts");
    assertThat(read(connection.topics().prompts(), Prompt.class))
        .extracting(Prompt::getPromptId)
        .filteredOn(id -> id.startsWith("twice.txt:"))
        .doesNotHaveDuplicates()
        .hasSize(3);
  }

  @Test
  void anotherFileOfTheSameNameIsPublished() throws IOException {
    rlhf("prompts", "import", file("one/prompts.txt", "One", "Two").toString());
    rlhf("prompts", "import", file("other/prompts.txt", "Red", "Blue", "Green").toString());
    assertThat(prompts("prompts.txt"))
        .containsExactlyInAnyOrder("One", "Two", "Red", "Blue", "Green");
    assertThat(read(connection.topics().prompts(), Prompt.class))
        .extracting(Prompt::getPromptId)
        .doesNotHaveDuplicates();

    rlhf("preferences", "import", file("one/train.jsonl", FOX).toString());
    rlhf("preferences", "import", file("other/train.jsonl", HEN, OWL).toString());
    assertThat(chosen("train.jsonl")).containsExactly(" ran.", " sang.", " flew.");
    assertThat(read(connection.topics().preferences(), Preference.class))
        .extracting(Preference::getPreferenceId)
        .doesNotHaveDuplicates();
  }

  @Test
  void promptsAreImportedFromEveryKindOfFileWithWhatTheirRowsSay() throws IOException {
    String table =
        file("table.csv", "id,prompt,source", "1,\"Once, a fox\",x", "2,\"The dog, a big one\",y")
            .toString();
    assertThat(rlhf("prompts", "import", table))
        .contains("2 good rows, 0 bad", "published 2 prompts of " + table);
    assertThat(prompts("table.csv")).containsExactlyInAnyOrder("Once, a fox", "The dog, a big one");
    rlhf("prompts", "import", file("array.json", "\uFEFF[{\"prompt\": \"Once\"}]").toString());
    assertThat(prompts("array.json")).containsExactly("Once");
    rlhf("prompts", "import", file("mark.txt", "\uFEFFOnce upon a time").toString());
    assertThat(prompts("mark.txt")).containsExactly("Once upon a time");
    String asked = "{\"id\": \"q1\", \"messages\": [{\"role\": \"user\", \"content\": \"Why?\"}]}";
    rlhf("prompts", "import", file("asked.jsonl", asked + asked.replace("Why", "How")).toString());
    assertThat(read(connection.topics().prompts(), Prompt.class))
        .filteredOn(prompt -> prompt.getSource().equals("asked.jsonl:1"))
        .hasSize(2)
        .allSatisfy(
            prompt -> {
              assertThat(prompt.getMessages()).hasSize(1);
              assertThat(prompt.getMetadata()).isEqualTo(Map.of("id", "q1"));
            });
  }

  @Test
  void badPromptsAreCountedAndLeftOutUnlessAllMustBeGood() throws IOException {
    String file =
        file("some.jsonl", "{\"prompt\": \"One\"}", "{\"prompt\": 5}", "{\"prompt\": \"Two\"}")
            .toString();
    assertThat(failing("prompts", "import", "--strict", file))
        .contains("1 rows are bad", "--strict");
    assertThat(prompts("some.jsonl")).isEmpty();
    assertThat(rlhf("prompts", "import", file))
        .contains(
            "2 good rows, 1 bad: 1 wrong type", "some.jsonl, line 2: prompt is of type number")
        .contains("published 2 prompts");
    byte[] bytes = {'C', 'a', 'f', (byte) 0xE9};
    Path broken = Files.write(directory.resolve("broken.txt"), bytes);
    assertThat(failing("prompts", "import", broken.toString()))
        .contains("1 of 1 rows are bad (1 invalid UTF-8)", "broken.txt, line 1");
  }

  @Test
  void aRowThatNoRecordHoldsIsNamedAndTheOthersArePublished() throws IOException {
    String large = FOX.replace("The fox", "the cat ".repeat(410_000));
    String file = file("large.jsonl", large, HEN, OWL).toString();
    assertThat(rlhf("preferences", "import", file))
        .contains("2 good rows, 1 bad: 1 too large", "large.jsonl, line 1")
        .contains("published 2 preferences");
    assertThat(read(connection.topics().deadLetters(), DeadLetter.class))
        .filteredOn(letter -> letter.getTopic().equals("large.jsonl"))
        .hasSize(1);
  }

  @Test
  void promptsOfOthersDoNotStandForThoseOfAFile() throws IOException {
    write(connection.topics().prompts(), "mine", prompt("mine", "One", "application"));
    String file = file("beside.txt", "One", "Two").toString();
    assertThat(rlhf("prompts", "import", "--once", file)).contains("published 2 prompts");
    assertThat(rlhf("prompts", "import", "--once", file)).contains("published no prompts");
    assertThat(prompts("beside.txt")).containsExactlyInAnyOrder("One", "Two");
  }

  @Test
  void rowsThatAnEarlierReleaseNamedByTheirNumberAreKnown() throws IOException {
    for (int line = 1; line <= 2; line++) {
      String id = "numbered.txt:" + line;
      write(connection.topics().prompts(), id, prompt(id, "One", id));
    }
    assertThat(rlhf("prompts", "import", file("numbered.txt", "One", "Two", "One").toString()))
        .contains("published 1 prompts")
        .contains("; 2 more are on");

    rlhf("preferences", "import", file("new.jsonl", FOX).toString());
    Preference fox =
        read(connection.topics().preferences(), Preference.class).stream()
            .filter(preference -> preference.getSource().equals("new.jsonl:1"))
            .findFirst()
            .orElseThrow();
    Preference numbered =
        Preference.newBuilder(fox).setPreferenceId("old.jsonl:7").setSource("old.jsonl:7").build();
    write(connection.topics().preferences(), "old.jsonl:7", numbered);
    assertThat(rlhf("preferences", "import", file("old.jsonl", HEN, FOX).toString()))
        .contains("published 1 preferences; 1 more are on");
  }

  @Test
  void preferencesThatAreImportedAgainAreNotDoubledAndTheirBadRowsNeither() throws IOException {
    String file = file("again.jsonl", FOX, "{\"prompt\": \"cut", HEN, OWL).toString();
    assertThat(rlhf("preferences", "import", file)).contains("published 3 preferences\n");
    assertThat(rlhf("preferences", "import", file))
        .contains("published no preferences: all 3 are on rlhf.preferences already");
    assertThat(chosen("again.jsonl")).containsExactly(" ran.", " sang.", " flew.");
    assertThat(read(connection.topics().deadLetters(), DeadLetter.class))
        .filteredOn(letter -> letter.getTopic().equals("again.jsonl"))
        .hasSize(1);
  }

  @Test
  void ofCorrectedPreferencesThoseArePublishedThatAreNew() throws IOException {
    rlhf("preferences", "import", file("corrected.jsonl", FOX, HEN).toString());
    String corrected = pair("hen", "sang a song", "hid");
    String margin = FOX.replace("}", ", \"margin\": 2}");
    String file = file("corrected.jsonl", OWL, FOX, corrected).toString();
    assertThat(rlhf("preferences", "import", file))
        .contains("published 2 preferences; 1 more are on rlhf.preferences already");
    assertThat(rlhf("preferences", "import", file("corrected.jsonl", margin).toString()))
        .contains("published 1 preferences\n");
    assertThat(chosen("corrected.jsonl"))
        .containsExactly(" ran.", " sang.", " flew.", " sang a song.", " ran.");
  }

  @Test
  void whatComesFromStandardInputTwiceIsNotDoubled() {
    assertThat(typing(FOX + "\n" + HEN, "preferences", "import", "-"))
        .contains("published 2 preferences");
    assertThat(typing(FOX + "\n" + HEN, "preferences", "import", "-"))
        .contains("published no preferences");
    assertThat(chosen("standard-input")).containsExactly(" ran.", " sang.");
  }
}
