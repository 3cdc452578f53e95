package org.rlhfstreams.learner.validation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.training.JudgingTrainer;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.NamedTensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a new version goes out only where it agrees with as many of the newest held-out
 * preferences as the version that is out. Of too few of them nothing can be said: it goes out then.
 * Learning goes on from a version that was withheld; only what is published waits.
 *
 * <p>The version that is out is held beside the trainer's own as long as it is another. It is part
 * of the checkpoint, with what it said of each held-out preference.
 *
 * @param <E> the kind of example
 */
public final class PublicationGuard<E extends Example> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PublicationGuard.class);
  private static final String WEIGHT = "published.weight.";
  private static final String AGREEMENTS = "published.agreements";
  private static final String STEP = "published.step";

  private final Optional<JudgingTrainer<E>> trainer;
  private final HeldOutWindow<E> window;
  private final int smallest;
  private final Map<String, Verdict<E>> verdictsOut = new LinkedHashMap<>();
  private Optional<Weights> out = Optional.empty();
  private Optional<Weights> beforeStep = Optional.empty();
  private long stepOut;
  private boolean letsOut = true;

  /**
   * What the version that is out says of a row.
   *
   * @param row a preference that was turned has the id that it had, and is another row
   */
  private record Verdict<E>(E row, boolean agrees) {}

  private PublicationGuard(
      Optional<JudgingTrainer<E>> trainer, HeldOutWindow<E> window, int smallest) {
    this.trainer = trainer;
    this.window = window;
    this.smallest = smallest;
  }

  /**
   * A guard of what a trainer's model becomes.
   *
   * @param window held-out preferences to judge by
   * @param smallest number of them that is enough
   */
  public static <E extends Example> PublicationGuard<E> of(
      JudgingTrainer<E> trainer, HeldOutWindow<E> window, int smallest) {
    return new PublicationGuard<>(Optional.of(trainer), window, smallest);
  }

  /** Lets everything out. */
  public static <E extends Example> PublicationGuard<E> none() {
    return new PublicationGuard<>(Optional.empty(), new HeldOutWindow<>(1), 1);
  }

  /** Goes on from a checkpoint; the window shows the held-out preferences that it had then. */
  public void begin(TrainerState checkpointed) {
    if (trainer.isEmpty()) {
      return;
    }
    release();
    verdictsOut.clear();
    stepOut = (long) checkpointed.restoredNumbers().find(STEP).orElse(0);
    Map<String, NamedTensor> weights = new HashMap<>();
    for (NamedTensor tensor : checkpointed.others()) {
      if (tensor.name().startsWith(WEIGHT)) {
        weights.put(tensor.name().substring(WEIGHT.length()), tensor);
      } else if (tensor.name().equals(AGREEMENTS)) {
        take(tensor.values());
      }
    }
    if (!weights.isEmpty()) {
      out = Optional.of(trainer.get().weights(name -> weights.get(name).values()));
    }
  }

  private void take(float[] agreements) {
    List<E> rows = window.rows();
    if (agreements.length > rows.size()) {
      return; // the window has become smaller: which rows they are of is not known any more
    }
    for (int i = 0; i < agreements.length; i++) {
      putOut(rows.get(i), agreements[i] > 0);
    }
  }

  /** Before a step: what the version that is out says of held-out preferences that are new. */
  public void beforeStep() {
    if (trainer.isEmpty()) {
      return;
    }
    JudgingTrainer<E> judging = trainer.get();
    List<E> rows = window.rows();
    List<E> unjudged = rows.stream().filter(row -> !isJudged(row)).toList();
    List<Boolean> agreements =
        out.isPresent() ? judging.agreements(out.get(), unjudged) : judging.agreements(unjudged);
    for (int i = 0; i < agreements.size(); i++) {
      putOut(unjudged.get(i), agreements.get(i));
    }
    Map<String, Verdict<E>> known = new HashMap<>(verdictsOut);
    verdictsOut.clear();
    rows.forEach(row -> verdictsOut.put(row.id(), known.get(row.id())));
    beforeStep = out.isPresent() ? Optional.empty() : Optional.of(judging.weights());
  }

  private boolean isJudged(E row) {
    Verdict<E> verdict = verdictsOut.get(row.id());
    return verdict != null && verdict.row() == row;
  }

  private void putOut(E row, boolean agrees) {
    verdictsOut.put(row.id(), new Verdict<>(row, agrees));
  }

  /**
   * After it: whether the new version goes out.
   *
   * @return figures by name, {@code people/} before each
   */
  public Map<String, Double> afterStep(long step) {
    if (trainer.isEmpty()) {
      return Map.of();
    }
    List<E> rows = window.rows();
    List<Boolean> agreements = trainer.get().agreements(rows);
    long now = agreements.stream().filter(agrees -> agrees).count();
    long before = verdictsOut.values().stream().filter(Verdict::agrees).count();
    letsOut = rows.size() < smallest || now >= before;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("people/held_out", (double) rows.size());
    if (!rows.isEmpty()) {
      figures.put("people/accuracy", (double) now / rows.size());
      figures.put("people/accuracy_published", (double) before / rows.size());
    }
    figures.put("people/withheld", letsOut ? 0.0 : 1.0);
    if (letsOut) {
      release();
      stepOut = step;
      for (int i = 0; i < rows.size(); i++) {
        putOut(rows.get(i), agreements.get(i));
      }
    } else {
      LOG.info(
          "step {} is not published: its reward model agrees with {} of the newest {} held-out"
              + " preferences, the one of step {} that is out with {}",
          step,
          now,
          rows.size(),
          stepOut,
          before);
      if (out.isEmpty()) {
        out = beforeStep;
        beforeStep = Optional.empty();
      }
    }
    figures.put("people/published_step", (double) stepOut);
    return figures;
  }

  /** Whether the newest step's weights go out. */
  public boolean letsOut() {
    return letsOut;
  }

  /** The trainer's state with what this rule has to know to go on. */
  public TrainerState with(TrainerState state) {
    if (trainer.isEmpty()) {
      return state;
    }
    List<NamedTensor> others = new ArrayList<>(state.others());
    out.ifPresent(weights -> others.addAll(tensors(weights)));
    float[] agreements = agreements();
    if (agreements.length > 0) {
      others.add(new NamedTensor(AGREEMENTS, List.of((long) agreements.length), () -> agreements));
    }
    Map<String, Double> numbers = new HashMap<>(state.numbers());
    numbers.put(STEP, (double) stepOut);
    return new TrainerState(state.configuration(), state.model(), others, numbers);
  }

  /** What the version that is out says of the window's rows, as far as it has been asked. */
  private float[] agreements() {
    float[] agreements = new float[verdictsOut.size()];
    int at = 0;
    for (Verdict<E> verdict : verdictsOut.values()) {
      agreements[at++] = verdict.agrees() ? 1 : 0;
    }
    return agreements;
  }

  private static List<NamedTensor> tensors(Weights weights) {
    List<NamedTensor> tensors = new ArrayList<>();
    List<float[]> values = weights.readings();
    for (int i = 0; i < values.size(); i++) {
      TensorSpecification specification = weights.specifications().get(i);
      int index = i;
      tensors.add(
          new NamedTensor(
              WEIGHT + specification.name(), specification.shape(), () -> values.get(index)));
    }
    return tensors;
  }

  private void release() {
    out.ifPresent(Weights::close);
    beforeStep.ifPresent(Weights::close);
    out = Optional.empty();
    beforeStep = Optional.empty();
  }

  @Override
  public void close() {
    release();
  }
}
