package org.rlhfstreams.scorers.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.remote.CallPool;
import org.rlhfstreams.scorers.remote.RemoteFailureException;
import org.rlhfstreams.scorers.remote.RemoteService;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * Asks a service over HTTP, in batches. What an answer leaves out, or refuses for now, is sent
 * again. If the service fails on a batch, its halves are sent, so that one response that it cannot
 * stand costs no other its score.
 */
public final class HttpScorer implements Scorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "http",
          "What a service answers to a POST of prompts and responses; the contract is"
              + " http-scorer.openapi.yaml.",
          ScorerKind.settings(
              List.of(
                  ScorerSetting.required(
                      "url", "where to POST, such as http://127.0.0.1:8000/score"),
                  ScorerSetting.of("batch-size", "16", "responses in a request")),
              RemoteService.SETTINGS),
          HttpScorer::new);

  private static final int ROUNDS = 3;

  private final RemoteService service;
  private final int batchSize;
  private final int concurrency;
  private final CallPool calls;

  private HttpScorer(SettingValues settings) {
    this.service = RemoteService.of(settings.url("url"), settings);
    this.batchSize = settings.integer("batch-size", 1, 10_000);
    this.concurrency = RemoteService.concurrency(settings);
    this.calls = new CallPool("scorer-http", concurrency);
  }

  @Override
  public int parallelism() {
    return concurrency;
  }

  @Override
  public List<ScorerResult> score(List<ScorerInput> batch) {
    Map<String, ScorerInput> byId =
        new LinkedHashMap<>(); // a rollout that comes twice is sent once
    batch.forEach(input -> byId.put(input.rolloutId(), input));
    List<ScorerInput> inputs = List.copyOf(byId.values());
    List<Callable<Map<String, ScorerResult>>> chunks = new ArrayList<>();
    List<List<ScorerInput>> sent = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i += batchSize) {
      List<ScorerInput> chunk = inputs.subList(i, Math.min(i + batchSize, inputs.size()));
      sent.add(chunk);
      chunks.add(() -> chunk(chunk));
    }
    Map<String, ScorerResult> results = new HashMap<>();
    List<Map<String, ScorerResult>> answered =
        calls.all(chunks, reason -> Map.of("", ScorerResult.refusedForNow(reason)));
    for (int i = 0; i < answered.size(); i++) {
      ScorerResult stopped = answered.get(i).get("");
      if (stopped == null) {
        results.putAll(answered.get(i));
      } else {
        sent.get(i).forEach(input -> results.put(input.rolloutId(), stopped));
      }
    }
    return batch.stream().map(input -> results.get(input.rolloutId())).toList();
  }

  private Map<String, ScorerResult> chunk(List<ScorerInput> chunk) throws InterruptedException {
    Map<String, ScorerResult> results = new HashMap<>();
    score(chunk, service.deadline(), results);
    return results;
  }

  private void score(List<ScorerInput> chunk, long deadline, Map<String, ScorerResult> results)
      throws InterruptedException {
    List<ScorerInput> open = chunk;
    try {
      for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
        List<ScorerInput> asked = open;
        String body = ScoreProtocol.request(asked);
        Map<String, ScorerResult> answered =
            service.call(
                body,
                RemoteService.tokens(body),
                deadline,
                text -> ScoreProtocol.answer(text, asked, "the service"));
        results.putAll(answered);
        open = asked.stream().filter(input -> isOpen(answered.get(input.rolloutId()))).toList();
      }
      open.forEach(
          input ->
              results.putIfAbsent(
                  input.rolloutId(),
                  ScorerResult.refusedForNow(
                      "the service has left it out of " + ROUNDS + " answers")));
    } catch (RemoteFailureException e) {
      if (e.blamesContent() && open.size() > 1) {
        int half = open.size() / 2;
        score(open.subList(0, half), deadline, results);
        score(open.subList(half, open.size()), deadline, results);
      } else {
        open.forEach(
            input ->
                results.put(input.rolloutId(), new ScoreRefusal(e.getMessage(), e.tryAgain())));
      }
    } catch (UnusableAnswerException e) {
      open.forEach(input -> results.put(input.rolloutId(), ScorerResult.refused(e.getMessage())));
    }
  }

  private static boolean isOpen(ScorerResult result) {
    return result == null || (result instanceof ScoreRefusal refusal && refusal.tryAgain());
  }

  @Override
  public void close() {
    calls.close();
  }
}
