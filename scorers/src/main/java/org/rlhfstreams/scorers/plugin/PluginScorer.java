package org.rlhfstreams.scorers.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerException;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.http.ScoreProtocol;
import org.rlhfstreams.scorers.plugin.PluginProcess.LostException;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * Runs a plug-in in a process of its own, so that one that throws, hangs, leaks memory or calls
 * {@code System.exit} costs only the responses that it fails on: a batch that fails is scored again
 * one by one, in a new process if the old one is gone. After {@value #MOST_FAILURES} responses of a
 * batch have failed, the rest of it is refused for now.
 */
public final class PluginScorer implements Scorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "plugin",
          "What a class of yours says that implements ScorerPlugin; it runs in a process of its own.",
          List.of(
              ScorerSetting.required("plugin", "the plug-in's name()"),
              ScorerSetting.required(
                  "path", "jars and directories with the plug-in, separated as in a class path"),
              ScorerSetting.of("timeout", "60s", "how long a batch may take"),
              ScorerSetting.of("start-timeout", "60s", "how long the plug-in may take to start"),
              ScorerSetting.of("memory", "512m", "the heap of its process"),
              ScorerSetting.optional("with.*", "settings of the plug-in's own")),
          PluginScorer::new);

  static final int MOST_FAILURES = 3;

  private static final String CLOSED = "the scorer was closed";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String plugin;
  private final String memory;
  private final String order;
  private final Duration timeout;
  private final Duration startTimeout;
  private final boolean wholeGroups;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile PluginProcess process; // written under the lock
  private volatile boolean closed;

  private PluginScorer(SettingValues settings) {
    this.plugin = settings.text("plugin");
    this.memory = settings.text("memory").strip();
    if (!memory.matches("[1-9]\\d{0,8}[kmgKMG]")) {
      throw settings.wrong("memory", "a size such as 512m or 2g");
    }
    this.timeout = settings.duration("timeout");
    this.startTimeout = settings.duration("start-timeout");
    for (String part : settings.text("path").split(File.pathSeparator, -1)) {
      if (!Files.exists(Path.of(part))) {
        throw settings.problem("path", "\"" + part + "\" does not exist; give jars or directories");
      }
    }
    ObjectNode first = JSON.createObjectNode();
    first.put(PluginHost.PLUGIN, plugin).put(PluginHost.PATH, settings.text("path"));
    ObjectNode own = first.putObject(PluginHost.SETTINGS);
    settings.below("with.").forEach(own::put);
    this.order = first.toString();
    lock.lock();
    try {
      this.wholeGroups = started().path(PluginHost.WHOLE_GROUPS).asBoolean();
    } catch (IOException | LostException e) {
      throw settings.problem("plugin", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScorerException("interrupted while plug-in \"" + plugin + "\" started", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean wholeGroups() {
    return wholeGroups;
  }

  /** Starts the process and hands over the settings; returns what it says of the plug-in. */
  private JsonNode started() throws IOException, LostException, InterruptedException {
    PluginProcess begun = PluginProcess.start(plugin, memory);
    JsonNode answer;
    try {
      answer = JSON.readTree(begun.ask(order, startTimeout));
    } catch (LostException | InterruptedException | JsonProcessingException e) {
      begun.close();
      throw e;
    }
    if (answer.has(PluginHost.FAILED)) {
      begun.close();
      throw new LostException(
          "the plug-in does not start: " + answer.get(PluginHost.FAILED).asText());
    }
    process = begun;
    return answer;
  }

  @Override
  public List<ScorerResult> score(List<ScorerInput> batch) {
    Map<String, ScorerInput> byId =
        new LinkedHashMap<>(); // a rollout that comes twice is sent once
    batch.forEach(input -> byId.put(input.rolloutId(), input));
    List<ScorerInput> inputs = List.copyOf(byId.values());
    Map<String, ScorerResult> results = new HashMap<>();
    try {
      lock.lockInterruptibly();
      try {
        results.putAll(together(inputs));
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ScorerResult interrupted = ScorerResult.refusedForNow("interrupted");
    return batch.stream()
        .map(input -> results.getOrDefault(input.rolloutId(), interrupted))
        .toList();
  }

  private Map<String, ScorerResult> together(List<ScorerInput> inputs) throws InterruptedException {
    if (inputs.isEmpty()) {
      return Map.of();
    }
    try {
      return ask(inputs);
    } catch (FailedException e) {
      boolean apart = inputs.size() > 1 && !wholeGroups && e.ofContent();
      return apart ? oneByOne(inputs) : all(inputs, e);
    }
  }

  private Map<String, ScorerResult> oneByOne(List<ScorerInput> inputs) throws InterruptedException {
    Map<String, ScorerResult> results = new HashMap<>();
    List<String> failures = new ArrayList<>();
    for (ScorerInput input : inputs) {
      if (failures.size() >= MOST_FAILURES) {
        results.put(
            input.rolloutId(),
            ScorerResult.refusedForNow(
                "not scored, since the plug-in failed on others of the batch: "
                    + failures.get(failures.size() - 1)));
        continue;
      }
      try {
        results.putAll(ask(List.of(input)));
      } catch (FailedException e) {
        failures.add(e.getMessage());
        results.putAll(all(List.of(input), e));
      }
    }
    return results;
  }

  private static Map<String, ScorerResult> all(List<ScorerInput> inputs, FailedException e) {
    Map<String, ScorerResult> results = new HashMap<>();
    ScorerResult refusal =
        e.ofContent()
            ? ScorerResult.refused(e.getMessage())
            : ScorerResult.refusedForNow(e.getMessage());
    inputs.forEach(input -> results.put(input.rolloutId(), refusal));
    return results;
  }

  /** Says that a plug-in has failed on a batch. */
  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean ofContent;

    FailedException(String reason, boolean ofContent) {
      super(reason, null, false, false);
      this.ofContent = ofContent;
    }

    /** Whether it may be what was scored that it fails on. */
    boolean ofContent() {
      return ofContent;
    }
  }

  private Map<String, ScorerResult> ask(List<ScorerInput> inputs)
      throws FailedException, InterruptedException {
    if (closed) {
      throw new FailedException(CLOSED, false);
    }
    try {
      if (process == null) {
        started();
        if (closed) {
          process.close();
        }
      }
    } catch (IOException | LostException e) {
      throw new FailedException(e.getMessage(), false);
    }
    boolean answered = false;
    try {
      String line = process.ask(ScoreProtocol.request(inputs), timeout);
      answered = true;
      JsonNode answer = JSON.readTree(line);
      if (answer.has(PluginHost.FAILED)) {
        throw new FailedException(
            "the plug-in fails: " + answer.get(PluginHost.FAILED).asText(), true);
      }
      return ScoreProtocol.answer(line, inputs, "the plug-in");
    } catch (LostException e) {
      throw new FailedException(closed ? CLOSED : e.getMessage(), !closed);
    } catch (JsonProcessingException | UnusableAnswerException e) {
      throw new FailedException("the plug-in's process does not speak as it should", false);
    } finally {
      if (!answered) {
        process.close();
        process = null;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    PluginProcess running = process;
    if (running != null) {
      running.close(); // who waits for it learns that it has ended
    }
  }
}
