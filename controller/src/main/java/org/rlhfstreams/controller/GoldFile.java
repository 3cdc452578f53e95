package org.rlhfstreams.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.topology.comparisons.GoldQuestion;

/** Gold questions of a JSONL file: prompt, first, second, expected (first, second or tie). */
final class GoldFile {
  private static final String KEY = "comparisons.gold-file";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private GoldFile() {}

  /**
   * All questions, in order; blank lines are none.
   *
   * @throws ConfigurationException naming file and line of what cannot be used
   */
  static List<GoldQuestion> read(Path path) {
    List<String> lines;
    try {
      lines = Files.readAllLines(path);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException("%s = %s: it is not UTF-8".formatted(KEY, path));
    } catch (IOException e) {
      throw new ConfigurationException(
          "%s = %s cannot be read: %s".formatted(KEY, path, RootCause.message(e)));
    }
    List<GoldQuestion> questions = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        questions.add(
            question(
                lines.get(i), String.format(Locale.ROOT, "%s = %s, line %d", KEY, path, i + 1)));
      }
    }
    if (questions.isEmpty()) {
      throw new ConfigurationException(
          "%s = %s has no question: write one a line, or leave the setting out"
              .formatted(KEY, path));
    }
    return questions;
  }

  private static GoldQuestion question(String line, String where) {
    JsonNode question;
    try {
      question = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(where + " is not JSON: " + e.getOriginalMessage());
    }
    String first = text(question, "first", where);
    String second = text(question, "second", where);
    if (first.strip().equals(second.strip())) {
      throw new ConfigurationException(
          where + ": first and second are the same, so nobody can tell which is better");
    }
    String expected = text(question, "expected", where);
    Choice choice =
        switch (expected) {
          case "first" -> Choice.FIRST;
          case "second" -> Choice.SECOND;
          case "tie" -> Choice.TIE;
          default ->
              throw new ConfigurationException(
                  where + ": expected is " + expected + ", not one of first, second, tie");
        };
    return new GoldQuestion(text(question, "prompt", where), first, second, choice);
  }

  private static String text(JsonNode question, String field, String where) {
    JsonNode value = question.path(field);
    if (!value.isTextual() || value.asText().isBlank()) {
      throw new ConfigurationException(
          where + ": expected an object with the string " + field + ", which is not empty");
    }
    return value.asText();
  }
}
