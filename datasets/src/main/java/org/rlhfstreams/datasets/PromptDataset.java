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
 * prompt a line. Columns that are not the prompt, {@code id} among them, are its metadata; {@code
 * tools} and {@code chat_template_kwargs} of a conversation are for its chat template.
 */
public final class PromptDataset {
  private static final String LINE_COLUMN = "prompt";
  private static final String METADATA = "metadata";
  private static final int ID = Prompt.getClassSchema().getField("promptId").pos();
  private static final int HELD_OUT = Prompt.getClassSchema().getField("heldOut").pos();

  private final List<Path> files;
  private final Map<String, String> renames;
  private final List<String> needed;
  private final boolean heldOut;

  /**
   * @param files as {@link DataPaths} gives them
   * @param renames from the name that a shape knows to the column's name in the files
   */
  public PromptDataset(List<Path> files, Map<String, String> renames) {
    this(files, renames, List.of(), false);
  }

  private PromptDataset(
      List<Path> files, Map<String, String> renames, List<String> needed, boolean heldOut) {
    this.files = List.copyOf(files);
    this.renames = Map.copyOf(renames);
    this.needed = List.copyOf(needed);
    this.heldOut = heldOut;
  }

  /** The same rows, of which one is bad if it lacks a column that scorers need. */
  public PromptDataset requiring(List<String> metadata) {
    return new PromptDataset(files, renames, metadata, heldOut);
  }

  /** The same rows, held out: they measure the policy, and nothing is learned from them. */
  public PromptDataset heldOut() {
    return new PromptDataset(files, renames, needed, true);
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
            needed,
            heldOut,
            new RowIdentities(),
            summary::shape,
            prompt -> summary.good(),
            summary::bad));
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
    read(
        new Conversion(needed, heldOut, new RowIdentities(), (file, shape) -> {}, good, bad -> {}));
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
      List<String> needed,
      boolean heldOut,
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
      requireMetadata(prompt.getMetadata());
      RowIdentity identity = identities.next(row.place().file(), RowContent.of(prompt));
      prompt.put(ID, identity.text()); // a builder would copy all of it
      prompt.put(HELD_OUT, heldOut);
      good.accept(prompt);
    }

    private void requireMetadata(Map<String, String> metadata) throws BadRowException {
      for (String name : needed) {
        if (!metadata.containsKey(name)) {
          throw new BadRowException(
              "no column " + name,
              "there is no %s, which --metadata (admission.metadata) names; its other columns are: %s"
                  .formatted(
                      name, metadata.isEmpty() ? "none" : String.join(", ", metadata.keySet())));
        }
      }
    }

    @Override
    public void bad(BadRow row) {
      rejected.accept(row);
    }
  }

  /** A prompt without an id. */
  static Prompt prompt(DataRow row, PromptContent content, String source) throws BadRowException {
    boolean conversation = !content.messages().isEmpty();
    Map<String, String> metadata = metadata(row, conversation);
    String variables = conversation ? TemplateColumns.read(row) : null;
    requireSize(content, metadata, variables);
    return Prompt.newBuilder()
        .setPromptId("")
        .setText(content.text())
        .setMessages(content.messages())
        .setMetadata(metadata)
        .setTemplateVariables(variables)
        .setSource(source)
        .setCreatedAt(Instant.now())
        .build();
  }

  private static Map<String, String> metadata(DataRow row, boolean conversation) {
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> column : row.columns().properties()) {
      String name = column.getKey();
      boolean inTemplate = conversation && TemplateColumns.reads(name);
      boolean nested = name.equals(METADATA) && column.getValue().isObject();
      if (!Prompts.reads(row, name) && !inTemplate && !nested && !column.getValue().isNull()) {
        metadata.put(name, text(column.getValue()));
      }
    }
    for (Map.Entry<String, JsonNode> entry : row.value(METADATA).properties()) {
      if (!entry.getValue().isNull()) {
        putNested(metadata, entry.getKey(), text(entry.getValue()));
      }
    }
    return metadata;
  }

  /** A column of the same name keeps it, and neither of the two is lost. */
  private static void putNested(Map<String, String> metadata, String name, String value) {
    String column = metadata.putIfAbsent(name, value);
    if (column != null && !column.equals(value)) {
      metadata.put(METADATA + "." + name, value);
    }
  }

  private static String text(JsonNode value) {
    return value.isContainerNode() ? value.toString() : value.asText();
  }

  private static void requireSize(
      PromptContent content, Map<String, String> metadata, String variables)
      throws BadRowException {
    RowSize size = new RowSize().add(content.text()).add(content.messages()).add(variables);
    metadata.forEach((name, value) -> size.add(name).add(value));
    size.require();
  }
}
