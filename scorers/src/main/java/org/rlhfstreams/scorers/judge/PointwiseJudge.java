package org.rlhfstreams.scorers.judge;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.remote.CallPool;
import org.rlhfstreams.scorers.remote.RemoteService;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;
import org.rlhfstreams.scorers.settings.SettingValues;

/** Asks the judge for a number about each response. */
final class PointwiseJudge implements Scorer {
  private static final int LONGEST_EXPLANATION = 2_000;

  private final ChatClient judge;
  private final JudgePrompt prompt;
  private final NumberReader reader;
  private final int concurrency;
  private final CallPool calls;

  PointwiseJudge(SettingValues settings) {
    this.judge = new ChatClient(settings);
    this.prompt = JudgePrompt.of(settings, false);
    double minimum = settings.number("minimum");
    double maximum = settings.number("maximum");
    if (minimum >= maximum) {
      throw settings.problem("maximum", "it has to be more than \"minimum\"");
    }
    this.reader = new NumberReader(new VerdictText(settings, "score"), minimum, maximum);
    this.concurrency = RemoteService.concurrency(settings);
    this.calls = new CallPool("scorer-judge", concurrency);
  }

  /** Reads a number within its range, and keeps what was said. */
  private record NumberReader(VerdictText words, double minimum, double maximum)
      implements VerdictReader<ScorerResult> {
    @Override
    public ScorerResult read(String said) throws UnusableAnswerException {
      String number = words.in(said);
      double value;
      try {
        value = Double.parseDouble(number);
      } catch (NumberFormatException e) {
        throw new UnusableAnswerException("the score is no number: " + number);
      }
      if (!(value >= minimum && value <= maximum)) {
        throw new UnusableAnswerException(
            String.format(
                Locale.ROOT, "the score %s is not from %s to %s", number, minimum, maximum));
      }
      return ScorerResult.value(
          value, said.substring(0, Math.min(said.length(), LONGEST_EXPLANATION)));
    }

    @Override
    public String reminder() {
      return String.format(
          Locale.ROOT,
          "Answer with a %s alone; the score is a number from %s to %s.",
          words.form(),
          minimum,
          maximum);
    }
  }

  @Override
  public int parallelism() {
    return concurrency;
  }

  @Override
  public List<ScorerResult> score(List<ScorerInput> batch) {
    List<Callable<ScorerResult>> questions =
        batch.stream().<Callable<ScorerResult>>map(input -> () -> one(input)).toList();
    return calls.all(questions, ScorerResult::refusedForNow);
  }

  private ScorerResult one(ScorerInput input) throws InterruptedException {
    try {
      return judge.ask(prompt.of(input), reader);
    } catch (RefusalException e) {
      return e.refusal();
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}
