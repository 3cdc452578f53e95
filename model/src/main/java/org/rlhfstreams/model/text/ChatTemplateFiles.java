package org.rlhfstreams.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.HubCache;
import org.rlhfstreams.templates.Template;

/** Where a model directory keeps its chat templates and special tokens. */
record ChatTemplateFiles(
    Path directory, Map<String, Source> templates, Map<String, Object> specialTokens) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CONFIGURATION = "tokenizer_config.json";
  private static final String DEFAULT = "default";
  private static final String JINJA = ".jinja";

  /** A template and the file it comes from. */
  record Source(Path file, Template template) {
    static Source compile(Path file, String text) {
      return new Source(file, ChatTemplate.compile(file, text));
    }
  }

  static ChatTemplateFiles read(Path model) {
    Path directory = HubCache.resolve(model);
    SpecialTokens tokens = SpecialTokens.of(directory);
    Map<String, Source> templates = new LinkedHashMap<>();
    Path alone = directory.resolve("chat_template.jinja");
    Path additional = directory.resolve("additional_chat_templates");
    try {
      if (Files.isRegularFile(alone)) {
        templates.put(DEFAULT, Source.compile(alone, Files.readString(alone)));
      }
      if (Files.isDirectory(additional)) {
        readAdditional(additional, templates);
      }
    } catch (IOException e) {
      throw new ModelException(
          directory + ": the chat template cannot be read: " + e.getMessage(), e);
    }
    if (templates.isEmpty()) {
      readConfigured(directory.resolve(CONFIGURATION), tokens.configuration(), templates);
    }
    return new ChatTemplateFiles(directory, templates, tokens.named());
  }

  /** Refuses files that have nothing for conversations without a named template. */
  void requireDefault() {
    if (get(DEFAULT) == null && get("tool_use") == null) {
      throw missing(DEFAULT);
    }
  }

  private static void readAdditional(Path directory, Map<String, Source> templates)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + JINJA)) {
      for (Path file : files) {
        String fileName = file.getFileName().toString();
        String name = fileName.substring(0, fileName.length() - JINJA.length());
        templates.putIfAbsent(name, Source.compile(file, Files.readString(file)));
      }
    }
  }

  private static void readConfigured(
      Path file, JsonNode configuration, Map<String, Source> templates) {
    JsonNode written = configuration.path("chat_template");
    if (written.isTextual()) {
      templates.put(DEFAULT, Source.compile(file, written.asText()));
    }
    for (JsonNode named : written.isArray() ? written : MAPPER.createArrayNode()) {
      if (!named.path("name").isTextual() || !named.path("template").isTextual()) {
        throw new ModelException(
            file + ": each chat_template of a list needs a name and a template");
      }
      templates.put(
          named.path("name").asText(), Source.compile(file, named.path("template").asText()));
    }
  }

  /** The template of a name, or null. */
  Source get(String name) {
    return templates.get(name);
  }

  Source named(String name) {
    Source source = get(name);
    if (source == null) {
      throw missing(name);
    }
    return source;
  }

  private ModelException missing(String name) {
    String found = templates.isEmpty() ? "none" : "only " + String.join(", ", templates.keySet());
    return new ModelException(
        ("%s has no chat template named %s (found: %s): put chat_template.jinja there or a"
                + " chat_template in tokenizer_config.json, or use plain prompts")
            .formatted(directory, name, found));
  }
}
