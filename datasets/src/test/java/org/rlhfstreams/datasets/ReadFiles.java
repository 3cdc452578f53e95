package org.rlhfstreams.datasets;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;

/** Writes files into a directory and reads them as commands do. */
final class ReadFiles {
  private final Path directory;
  private final List<BadRow> bad = new ArrayList<>();

  ReadFiles(Path directory) {
    this.directory = directory;
  }

  Path file(String name, String... lines) throws IOException {
    return encoded(name, StandardCharsets.UTF_8, lines);
  }

  Path encoded(String name, Charset charset, String... lines) throws IOException {
    return bytes(name, String.join("\n", lines).getBytes(charset));
  }

  Path bytes(String name, byte[] bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes);
  }

  /** Text in which one character stands for a byte that is not UTF-8. */
  Path broken(String name, char broken, String... lines) throws IOException {
    byte[] bytes = String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == (byte) broken ? (byte) 0xE9 : bytes[i];
    }
    return bytes(name, bytes);
  }

  /** A file of the test's resources. */
  Path resource(String name) throws IOException {
    return bytes(name, ReadFiles.class.getResourceAsStream(name).readAllBytes());
  }

  List<Preference> preferences(Path file) {
    List<Preference> good = new ArrayList<>();
    bad.clear();
    new PreferenceDataset(List.of(file), Map.of()).forEach(good::add, bad::add);
    return good;
  }

  /** Bad rows of the preferences read last: {@code 2 wrong type}. */
  List<String> bad() {
    return bad.stream().map(row -> row.place().number() + " " + row.kind()).toList();
  }

  /** What is wrong with the bad rows read last. */
  List<String> reasons() {
    return bad.stream().map(BadRow::described).toList();
  }

  List<Prompt> prompts(Path file) {
    List<Prompt> prompts = new ArrayList<>();
    new PromptDataset(List.of(file), Map.of()).forEach(prompts::add);
    return prompts;
  }

  List<String> promptTexts(Path file) {
    return prompts(file).stream().map(Prompt::getText).toList();
  }

  /** What is said of a file of prompts. */
  DatasetSummary checked(Path file) {
    return new PromptDataset(List.of(file), Map.of()).check();
  }

  List<InputRow> rows(Path file) {
    List<InputRow> rows = new ArrayList<>();
    new InputRows(file).forEach(rows::add);
    return rows;
  }
}
