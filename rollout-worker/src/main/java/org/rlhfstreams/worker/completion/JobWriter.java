package org.rlhfstreams.worker.completion;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionListener;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.completion.CompletionRequest;
import org.rlhfstreams.model.completion.CompletionSeed;
import org.rlhfstreams.model.completion.PromptEncoding;
import org.rlhfstreams.model.completion.TextGenerator;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.policy.LivePolicy;

/** The jobs under way, and the generator that they share. One thread. */
final class JobWriter implements AutoCloseable {
  private final PromptEncoding prompts;
  private final LivePolicy policy;
  private final TextGenerator generator; // the policy closes what is below it
  private final OpenJobs openJobs;
  private final Map<String, Progress> underWay = new HashMap<>();

  /** The jobs that have not ended. */
  @FunctionalInterface
  interface OpenJobs {
    /** Drops a job; whether it was still there. */
    boolean forget(CompletionJob job);
  }

  private static final class Progress {
    final CompletionJob job;
    int unfinished;

    Progress(CompletionJob job) {
      this.job = job;
      this.unfinished = job.completions();
    }
  }

  /**
   * @param openJobs told of each job that ends
   */
  JobWriter(
      ModelDirectory model,
      ComputeType type,
      PromptEncoding prompts,
      int slots,
      WeightSource source,
      OpenJobs openJobs) {
    this.prompts = prompts;
    this.policy = new LivePolicy(model, type, slots, source);
    this.generator = new TextGenerator(prompts, policy.generator());
    this.openJobs = openJobs;
  }

  /** Queues a job's completions. */
  void begin(CompletionJob job) {
    policy.refresh();
    try {
      if (policy.version().isEmpty()) {
        throw CompletionService.unready(
            "the policy's weights do not fit the model: the worker's log says why");
      }
      List<int[]> encoded = job.prompts().stream().map(prompts::encode).toList();
      underWay.put(job.id(), new Progress(job));
      for (int i = 0; i < job.completions(); i++) {
        int prompt = i / job.samples();
        generator.submit(request(job, i, job.prompts().get(prompt)), encoded.get(prompt));
      }
    } catch (RuntimeException e) {
      withdraw(job);
      if (openJobs.forget(job)) {
        job.listener().failed(e);
      }
    }
  }

  private CompletionRequest request(CompletionJob job, int index, CompletionPrompt prompt) {
    CompletionListener listener =
        job.streamed()
            ? piece -> job.listener().wrote(index, piece, version())
            : CompletionListener.NONE;
    Sampling sampling = job.sampling();
    return new CompletionRequest(
        rowId(job, index),
        prompt,
        new Sampling(
            sampling.temperature(),
            sampling.topK(),
            sampling.topP(),
            sampling.minP(),
            sampling.repetitionPenalty(),
            sampling.minNewTokens(),
            sampling.maxNewTokens(),
            CompletionSeed.of(sampling.seed(), index)),
        job.stop(),
        listener);
  }

  private static String rowId(CompletionJob job, int index) {
    return job.id() + "/" + index;
  }

  private WeightVersion version() {
    return policy.version().orElseThrow();
  }

  /** Draws one token for every completion that runs, with the newest policy. */
  void step() {
    policy.refresh();
    for (Completion completion : generator.step()) {
      String rowId = completion.request().id();
      int slash = rowId.lastIndexOf('/');
      Progress progress = underWay.get(rowId.substring(0, slash));
      progress.unfinished--;
      if (progress.unfinished == 0) {
        underWay.remove(progress.job.id());
        openJobs.forget(progress.job);
      }
      progress
          .job
          .listener()
          .finished(Integer.parseInt(rowId.substring(slash + 1)), completion, version());
    }
  }

  /** Gives a job up. */
  void cancel(CompletionJob job) {
    withdraw(job);
    openJobs.forget(job);
  }

  private void withdraw(CompletionJob job) {
    if (underWay.remove(job.id()) != null) {
      for (int i = 0; i < job.completions(); i++) {
        generator.cancel(rowId(job, i));
      }
    }
  }

  /** Ends all jobs under way. */
  void failAll(RuntimeException failure) {
    generator.clear();
    for (Progress progress : underWay.values()) {
      if (openJobs.forget(progress.job)) {
        progress.job.listener().failed(failure);
      }
    }
    underWay.clear();
  }

  /** Whether nothing is under way, no version of the policy either. */
  boolean idle() {
    return generator.idle() && !policy.isArriving();
  }

  /** Tokens drawn so far. */
  long tokensDrawn() {
    return generator.tokensDrawn();
  }

  @Override
  public void close() {
    policy.close();
  }
}
