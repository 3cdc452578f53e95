package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Prompt;

/**
 * Files of prompts: the kinds of file that {@link PreferenceDataset} reads, and plain text with a
 * prompt a line. Columns that are not the prompt, {@code id} among them, are its metadata.
 */
public final class PromptDataset {
  private static final String LINE_COLUMN = "prompt";

  private final List<Path> files;
  private final Map<String, String> renames;

  /**
   * @param files as {@link DataPaths} gives them
   * @param renames from the name that a shape knows to the column's name in the files
   */
  public PromptDataset(List<Path> files, Map<String, String> renames) {
    this.files = List.copyOf(files);
    this.renames = Map.copyOf(renames);
  }

  /** The files, for messages. */
  public String name() {
    return files.stream().map(Path::toString).collect(Collectors.joining(" "));
  }

  /**
   * Reads everything once and says what is there.
   *
   * @throws ExplainedException if a file cannot be read, has a shape that is not known, or more
   *     than half of all rows are bad
   */
  public DatasetSummary check() {
    DatasetSummary summary = new DatasetSummary();
    read(
        new Conversion(
            new RowIdentities(), summary::shape, prompt -> summary.good(), summary::bad));
    summary.refuseMostlyBad();
    return summary;
  }

  /**
   * Hands over all prompts that can be used, in order. In memory are the one at hand and 16 to 32
   * bytes for each.
   *
   * @throws ExplainedException if a file cannot be read, or has a shape that is not known
   */
  public void forEach(Consumer<Prompt> good) {
    read(new Conversion(new RowIdentities(), (file, shape) -> {}, good, bad -> {}));
  }

  private void read(Conversion conversion) {
    for (Path file : files) {
      ShapedRows.read(
          DataFile.ofLines(file, LINE_COLUMN), file, renames, RowShapes.OF_PROMPTS, conversion);
    }
  }

  private interface ShapeListener {
    void found(String file, String shape);
  }

  private record Conversion(
      RowIdentities identities,
      ShapeListener shapes,
      Consumer<Prompt> good,
      Consumer<BadRow> rejected)
      implements ShapedRows.Listener<PromptContent> {
    @Override
    public void shape(String file, String shape) {
      shapes.found(file, shape);
    }

    @Override
    public void row(DataRow row, PromptContent content) throws BadRowException {
      Prompt prompt = prompt(row, content, row.place().source());
      RowIdentity identity = identities.next(row.place().file(), RowContent.of(prompt));
      good.accept(Prompt.newBuilder(prompt).setPromptId(identity.text()).build());
    }

    @Override
    public void bad(BadRow row) {
      rejected.accept(row);
    }
  }

  /** A prompt without an id. */
  static Prompt prompt(DataRow row, PromptContent content, String source) throws BadRowException {
    Map<String, String> metadata = metadata(row);
    requireSize(content, metadata);
    return Prompt.newBuilder()
        .setPromptId("")
        .setText(content.text())
        .setMessages(content.messages())
        .setMetadata(metadata)
        .setSource(source)
        .setCreatedAt(Instant.now())
        .build();
  }

  private static Map<String, String> metadata(DataRow row) {
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> column : row.columns().properties()) {
      if (!Prompts.reads(row, column.getKey())) {
        put(metadata, column.getKey(), column.getValue());
      }
    }
    return metadata;
  }

  private static void put(Map<String, String> metadata, String name, JsonNode value) {
    if (name.equals("metadata") && value.isObject()) {
      value.properties().forEach(entry -> put(metadata, entry.getKey(), entry.getValue()));
    } else if (!value.isNull()) {
      metadata.put(name, value.isContainerNode() ? value.toString() : value.asText());
    }
  }

  private static void requireSize(PromptContent content, Map<String, String> metadata)
      throws BadRowException {
    RowSize size = new RowSize().add(content.text()).add(content.messages());
    metadata.forEach((name, value) -> size.add(name).add(value));
    size.require();
  }
}
