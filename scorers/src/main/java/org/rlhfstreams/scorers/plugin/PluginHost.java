package org.rlhfstreams.scorers.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerPlugin;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.http.ScoreProtocol;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;

/**
 * The process that a plug-in runs in. It reads a line with the plug-in's name and settings and then
 * a request a line, and answers each with a line. What the plug-in prints goes to standard error.
 * It ends with its standard input.
 */
public final class PluginHost {
  static final String PLUGIN = "plugin";
  static final String PATH = "path";
  static final String SETTINGS = "settings";
  static final String WHOLE_GROUPS = "whole_groups";
  static final String FAILED = "failed";

  private static final ObjectMapper JSON = new ObjectMapper();

  private PluginHost() {}

  /** Serves one plug-in. */
  public static void main(String[] arguments) throws IOException {
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    System.setOut(System.err); // a plug-in that prints must not disturb the answers
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String first = requests.readLine();
    if (first == null) {
      return;
    }
    Scorer scorer;
    try {
      scorer = load(JSON.readTree(first));
    } catch (Throwable e) {
      send(answers, failure(e));
      return;
    }
    send(answers, JSON.createObjectNode().put(WHOLE_GROUPS, scorer.wholeGroups()).toString());
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      String answer;
      try {
        answer = score(scorer, line);
      } catch (Throwable e) {
        answer = failure(e);
      }
      send(answers, answer);
    }
    scorer.close();
    Runtime.getRuntime().halt(0); // whatever threads the plug-in has left
  }

  private static Scorer load(JsonNode order) {
    List<URL> urls = new ArrayList<>();
    try {
      for (String part : order.path(PATH).asText().split(File.pathSeparator, -1)) {
        urls.add(Path.of(part).toUri().toURL());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the plug-in path cannot be read", e);
    }
    ClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), PluginHost.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    String wanted = order.path(PLUGIN).asText();
    List<String> names = new ArrayList<>();
    for (ScorerPlugin plugin : ServiceLoader.load(ScorerPlugin.class, loader)) {
      if (plugin.name().equals(wanted)) {
        Map<String, String> settings = new HashMap<>();
        order
            .path(SETTINGS)
            .properties()
            .forEach(field -> settings.put(field.getKey(), field.getValue().asText()));
        return Objects.requireNonNull(plugin.create(settings), "the plug-in has made no scorer");
      }
      names.add(plugin.name());
    }
    throw new IllegalArgumentException(
        "no plug-in \""
            + wanted
            + "\" is on the path; "
            + (names.isEmpty()
                ? "no jar on it names one in META-INF/services/" + ScorerPlugin.class.getName()
                : "there are " + String.join(", ", names)));
  }

  private static String score(Scorer scorer, String line) throws UnusableAnswerException {
    List<ScorerInput> batch = ScoreProtocol.inputs(line);
    List<ScorerResult> results = scorer.score(batch);
    int count = results == null ? 0 : results.size();
    if (count != batch.size() || results.contains(null)) {
      throw new IllegalStateException(
          "the plug-in has returned " + count + " scores for " + batch.size() + " responses");
    }
    return ScoreProtocol.answer(batch, results);
  }

  private static String failure(Throwable error) {
    boolean ours =
        error.getClass() == IllegalArgumentException.class
            || error.getClass() == IllegalStateException.class;
    ObjectNode failure = JSON.createObjectNode();
    return failure
        .put(FAILED, ours && error.getMessage() != null ? error.getMessage() : error.toString())
        .toString();
  }

  private static void send(PrintStream answers, String line) {
    answers.print(line + "\n");
    answers.flush();
  }
}
