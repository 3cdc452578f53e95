package org.rlhfstreams.learner.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.rlhfstreams.datasets.BadRow;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.assembly.ObjectiveBinding;
import org.rlhfstreams.learner.assembly.TrainableModels;
import org.rlhfstreams.learner.assembly.TrainerResources;
import org.rlhfstreams.learner.data.AssistantMarks;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.ExampleIndex;
import org.rlhfstreams.learner.data.FileOrder;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.reference.PlainReference;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.Truncation;

/**
 * A set of rows that TRL has trained on, read from a file as users have it.
 *
 * @param golden its rows, their token ids and masks, and five steps
 * @param directory for its files
 */
record ConversationGolden(JsonNode golden, JsonNode templates, Path directory) {
  private static final int UNCUT = 10_000;

  static JsonNode file() {
    try {
      return new ObjectMapper().readTree(GoldenTrainer.resource("conversations.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> names() {
    return StreamSupport.stream(file().get("sets").spliterator(), false)
        .map(set -> set.get("name").asText())
        .toList();
  }

  static ConversationGolden named(String name, Path directory) {
    JsonNode file = file();
    for (JsonNode set : file.get("sets")) {
      if (set.get("name").asText().equals(name)) {
        return new ConversationGolden(set, file.get("templates"), directory);
      }
    }
    throw new IllegalArgumentException(name);
  }

  String objective() {
    return golden.get("objective").asText();
  }

  private JsonNode option(String name) {
    return golden.get("options").path(name);
  }

  private int maxLength() {
    return option("length").asInt(256);
  }

  private Truncation truncation() {
    return option("truncation").asText().equals("keep_end")
        ? Truncation.KEEP_END
        : Truncation.KEEP_START;
  }

  /** Examples of a step. */
  int batchSize(int examples) {
    return option("batch").asInt(examples);
  }

  ObjectiveBinding.OfPreferences<?> binding(RlhfConfiguration configuration) {
    return (ObjectiveBinding.OfPreferences<?>)
        ObjectiveBinding.of(configuration.learner().objective());
  }

  RlhfConfiguration configuration() {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.objective", objective());
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.max-length", String.valueOf(maxLength()));
    settings.put("learner.micro-batch-tokens", "10000");
    settings.put("model.policy", GoldenTrainer.resource("policy").toString());
    settings.put("model.reward", GoldenTrainer.resource("reward").toString());
    settings.put("model.dtype", "float32");
    settings.put("preference.likelihood", "all");
    return RlhfConfiguration.of(settings);
  }

  TrainerResources resources(RlhfConfiguration configuration) {
    TrainableModels models = new TrainableModels(configuration);
    return new TrainerResources(
        configuration,
        models,
        () -> new PlainReference(models.reference(GoldenTrainer.resource("reference"))));
  }

  /** The examples in the order of the file, cut to the length; those that have nothing are not. */
  <E extends Example> List<E> examples(ObjectiveBinding.OfPreferences<E> binding)
      throws IOException {
    return examples(binding, maxLength());
  }

  /** The same, whole. */
  <E extends Example> List<E> uncut(ObjectiveBinding.OfPreferences<E> binding) throws IOException {
    return examples(binding, UNCUT);
  }

  private <E extends Example> List<E> examples(
      ObjectiveBinding.OfPreferences<E> binding, int maxLength) throws IOException {
    List<E> examples = new ArrayList<>();
    ExampleIndex index = new ExampleIndex();
    try (Tokenizer tokenizer = Tokenizer.open(model())) {
      PreferenceRows rows = rows(tokenizer, maxLength);
      for (Preference preference : preferences()) {
        try {
          List<E> converted = binding.conversion().of(rows, preference);
          index.add(index.size(), converted.size());
          examples.addAll(converted);
        } catch (UnusableException e) {
          // TRL drops such a row as well
        }
      }
    }
    List<E> ordered = new ArrayList<>();
    for (int example : new FileOrder(index).at(0, 0).examples()) {
      ordered.add(examples.get(example));
    }
    return ordered;
  }

  private PreferenceRows rows(Tokenizer tokenizer, int maxLength) {
    boolean assistantOnly = option("assistant").asBoolean();
    Optional<ChatTemplate> template = ChatTemplate.find(directory.resolve("model"));
    return new PreferenceRows(
        tokenizer,
        assistantOnly ? Optional.of(AssistantMarks.of(template, tokenizer)) : template,
        new RowJoin(maxLength, truncation()),
        assistantOnly);
  }

  /** The policy's tokenizer with the set's chat template. */
  private Path model() throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    Path policy = GoldenTrainer.resource("policy");
    Files.write(
        model.resolve("tokenizer.json"), Files.readAllBytes(policy.resolve("tokenizer.json")));
    ObjectNode configuration =
        (ObjectNode) new ObjectMapper().readTree(policy.resolve("tokenizer_config.json").toFile());
    if (option("bos").isTextual()) {
      configuration.set("bos_token", option("bos"));
    }
    Files.writeString(model.resolve("tokenizer_config.json"), configuration.toString());
    if (golden.get("template").isTextual()) {
      Files.writeString(
          model.resolve("chat_template.jinja"),
          templates.get(golden.get("template").asText()).asText());
    }
    return model;
  }

  private List<Preference> preferences() throws IOException {
    List<String> lines = new ArrayList<>();
    golden.get("rows").forEach(row -> lines.add(row.toString()));
    Path file = Files.write(directory.resolve("rows.jsonl"), lines);
    List<Preference> good = new ArrayList<>();
    List<BadRow> bad = new ArrayList<>();
    new PreferenceDataset(List.of(file), Map.of()).forEach(good::add, bad::add);
    if (!bad.isEmpty()) {
      throw new IllegalStateException("bad row: " + bad.get(0).described());
    }
    return good;
  }
}
