package org.rlhfstreams.scorers.judge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.remote.CallPool;
import org.rlhfstreams.scorers.remote.RemoteService;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * Asks the judge which of two responses of a group is better, each pair in both orders, so that a
 * judge that prefers a place gains nobody anything. A response's value is the share of its
 * comparisons that it wins, ties half. A response with a comparison that has no verdict is refused.
 */
final class PairwiseJudge implements Scorer {
  private final ChatClient judge;
  private final JudgePrompt prompt;
  private final WinnerReader reader;
  private final int opponents;
  private final int concurrency;
  private final CallPool calls;

  PairwiseJudge(SettingValues settings) {
    this.judge = new ChatClient(settings);
    this.prompt = JudgePrompt.of(settings, true);
    this.reader = new WinnerReader(new VerdictText(settings, "winner"));
    this.opponents = settings.integer("opponents", 0, 1_000);
    this.concurrency = RemoteService.concurrency(settings);
    this.calls = new CallPool("scorer-judge", concurrency);
  }

  /** Reads which response is better: 1 for the first, 0 for the second, ½ for none. */
  private record WinnerReader(VerdictText words) implements VerdictReader<Double> {
    @Override
    public Double read(String said) throws UnusableAnswerException {
      String winner = words.in(said).toLowerCase(Locale.ROOT);
      return switch (winner) {
        case "a" -> 1.0;
        case "b" -> 0.0;
        case "tie" -> 0.5;
        default ->
            throw new UnusableAnswerException("the winner is neither A nor B nor tie: " + winner);
      };
    }

    @Override
    public String reminder() {
      return "Answer with a " + words.form() + " alone; the winner is A, B or tie.";
    }
  }

  /**
   * A question to the judge.
   *
   * @param first the index of the response that is shown first
   * @param second that of the other
   */
  private record Pair(int first, int second) {}

  /**
   * What the judge said.
   *
   * @param share that the first response wins; 0 if there is a refusal
   * @param refusal null if there is a verdict
   */
  private record Verdict(double share, ScoreRefusal refusal) {}

  @Override
  public boolean wholeGroups() {
    return true;
  }

  @Override
  public int parallelism() {
    return concurrency;
  }

  @Override
  public List<ScorerResult> score(List<ScorerInput> batch) {
    List<Pair> pairs = new ArrayList<>(pairs(batch));
    List<Callable<Verdict>> questions =
        pairs.stream()
            .<Callable<Verdict>>map(
                pair -> () -> verdict(batch.get(pair.first()), batch.get(pair.second())))
            .toList();
    List<Verdict> verdicts =
        calls.all(questions, reason -> new Verdict(0, new ScoreRefusal(reason, true)));
    double[] wins = new double[batch.size()];
    int[] counts = new int[batch.size()];
    ScoreRefusal[] refusals = new ScoreRefusal[batch.size()];
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      Verdict verdict = verdicts.get(i);
      wins[pair.first()] += verdict.share();
      wins[pair.second()] += 1 - verdict.share();
      counts[pair.first()]++;
      counts[pair.second()]++;
      if (verdict.refusal() != null) {
        refusals[pair.first()] = verdict.refusal();
        refusals[pair.second()] = verdict.refusal();
      }
    }
    List<ScorerResult> results = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      results.add(result(wins[i], counts[i], refusals[i]));
    }
    return results;
  }

  private static ScorerResult result(double wins, int count, ScoreRefusal refusal) {
    if (refusal != null) {
      return refusal;
    }
    if (count == 0) {
      return ScorerResult.refused(
          "there is no other response of its group to compare it with; sample at least 2 a prompt");
    }
    return ScorerResult.value(
        wins / count, String.format(Locale.ROOT, "wins %s of %d comparisons", wins, count));
  }

  /** Each pair in both orders; with a limit, each response and those that follow it in a circle. */
  private Set<Pair> pairs(List<ScorerInput> batch) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      groups.computeIfAbsent(batch.get(i).groupId(), group -> new ArrayList<>()).add(i);
    }
    Set<Pair> pairs = new LinkedHashSet<>();
    for (List<Integer> group : groups.values()) {
      int size = group.size();
      int next = opponents == 0 ? size - 1 : Math.min(opponents, size - 1);
      for (int i = 0; i < size; i++) {
        for (int j = 1; j <= next; j++) {
          int one = group.get(i);
          int other = group.get((i + j) % size);
          pairs.add(new Pair(one, other));
          pairs.add(new Pair(other, one));
        }
      }
    }
    return pairs;
  }

  private Verdict verdict(ScorerInput first, ScorerInput second) throws InterruptedException {
    try {
      return new Verdict(
          judge.ask(prompt.of(first, first.response(), second.response()), reader), null);
    } catch (RefusalException e) {
      return new Verdict(0, e.refusal());
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}
