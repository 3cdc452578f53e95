package org.rlhfstreams.worker.completion;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.model.completion.PromptEncoding;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.weights.WeightSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes completions with the newest policy beside the worker's rollouts. It has a thread, a
 * generator and a copy of the weights of its own, from the first job on: unused, it costs nothing.
 * All tensor work of a process goes through one thread, so rollouts and completions take turns
 * token by token. Safe for many threads; no method waits.
 */
public final class CompletionService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CompletionService.class);

  private final ModelDirectory model;
  private final ComputeType type;
  private final PromptEncoding prompts;
  private final CompletionLimits limits;
  private final WeightSource source;
  private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Map<String, CompletionJob> jobs = new ConcurrentHashMap<>();
  private final AtomicInteger outstanding = new AtomicInteger();
  private volatile long tokensDrawn;
  private boolean closed;
  private ServiceThread thread;

  /** Something for the thread to do between two tokens. */
  @FunctionalInterface
  interface Command {
    void run(JobWriter writer);
  }

  /**
   * @param type that it computes in
   * @param tokenizer not closed here
   * @param limits of what is written and waits at once
   * @param source of the policy's versions
   */
  public CompletionService(
      ModelDirectory model,
      ComputeType type,
      Tokenizer tokenizer,
      CompletionLimits limits,
      WeightSource source) {
    this.model = model;
    this.type = type;
    this.prompts = new PromptEncoding(model.path(), model.configuration(), tokenizer);
    this.limits = limits;
    this.source = source;
  }

  /**
   * Loads the weights now, not with the first job.
   *
   * @return completes when they are loaded; exceptionally if they cannot be
   */
  public CompletableFuture<Void> open() {
    CompletableFuture<Void> loaded = new CompletableFuture<>();
    synchronized (this) {
      commands.add(writer -> loaded.complete(null));
      start();
      thread.ended().whenComplete((ended, failure) -> fail(loaded, failure));
    }
    return loaded;
  }

  private static void fail(CompletableFuture<Void> loaded, Throwable failure) {
    loaded.completeExceptionally(
        failure == null ? unready("it was closed before the weights were loaded") : failure);
  }

  /** Starts the thread unless it runs. Called with the lock held. */
  private void start() {
    if (thread == null) {
      thread = ServiceThread.start("completions", ShutdownBudget.COMPLETIONS, this::work);
    }
  }

  /**
   * Queues a job.
   *
   * @throws RefusedException where it is not taken; its listener hears nothing then
   */
  public void submit(CompletionJob job) {
    if (source.newest().isEmpty()) {
      throw unready("no policy weights have arrived yet: try again in some seconds");
    }
    int wanted = job.completions();
    int capacity = limits.capacity();
    if (wanted > capacity) {
      throw new RefusedException(
          RefusedException.Reason.TOO_LARGE,
          String.format(
              Locale.ROOT,
              "it asks for %,d completions, and %,d are taken at once: ask for fewer, or raise %s",
              wanted,
              capacity,
              limits.queueSetting()));
    }
    int before = outstanding.getAndUpdate(rows -> rows + wanted > capacity ? rows : rows + wanted);
    if (before + wanted > capacity) {
      throw new RefusedException(
          RefusedException.Reason.FULL,
          String.format(
              Locale.ROOT,
              ("%,d completions are under way or waiting, and there is room for %,d: try again in some"
                  + " seconds, or raise %s"),
              before,
              capacity,
              limits.queueSetting()));
    }
    synchronized (this) {
      if (closed) {
        outstanding.addAndGet(-wanted);
        throw unready("the worker is closing: ask another");
      }
      jobs.put(job.id(), job);
      commands.add(writer -> writer.begin(job));
      start();
    }
  }

  static RefusedException unready(String message) {
    return new RefusedException(RefusedException.Reason.UNREADY, message);
  }

  /** Gives a job up: what has not been written of it never will be. */
  public void cancel(CompletionJob job) {
    commands.add(writer -> writer.cancel(job));
  }

  /** Completions under way or waiting. */
  public int outstanding() {
    return outstanding.get();
  }

  /** Tokens drawn so far. */
  public long tokensDrawn() {
    return tokensDrawn;
  }

  private void work(BooleanSupplier stopped) {
    RuntimeException reason = new IllegalStateException("the thread of completions has ended");
    try (JobWriter writer =
        new JobWriter(model, type, prompts, limits.slots(), source, this::forget)) {
      while (!stopped.getAsBoolean()) {
        advance(writer);
      }
      reason = unready("the worker is closing: ask another");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("completions cannot be written", e);
      reason = e;
      throw e;
    } finally {
      failRest(reason);
    }
  }

  private void advance(JobWriter writer) throws InterruptedException {
    try {
      if (writer.idle()) {
        commands.take().run(writer);
      }
      for (Command next = commands.poll(); next != null; next = commands.poll()) {
        next.run(writer);
      }
      writer.step();
      tokensDrawn = writer.tokensDrawn();
    } catch (RuntimeException e) {
      LOG.error("completions under way have failed", e);
      writer.failAll(e);
    }
  }

  /** The thread's last act: a job that comes later starts another. */
  private void failRest(RuntimeException failure) {
    List<CompletionJob> rest;
    synchronized (this) {
      thread = null;
      commands.clear();
      rest = List.copyOf(jobs.values());
    }
    for (CompletionJob job : rest) {
      if (forget(job)) {
        job.listener().failed(failure);
      }
    }
  }

  /** Makes room for others; whether the job was still there. */
  private boolean forget(CompletionJob job) {
    boolean there = jobs.remove(job.id(), job);
    if (there) {
      outstanding.addAndGet(-job.completions());
    }
    return there;
  }

  @Override
  public void close() {
    ServiceThread running;
    synchronized (this) {
      closed = true;
      running = thread;
    }
    if (running != null) {
      running.stop();
      commands.add(writer -> {}); // wakes it
      running.close();
    }
  }
}
