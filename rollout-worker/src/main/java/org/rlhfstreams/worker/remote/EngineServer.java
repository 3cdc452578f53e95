package org.rlhfstreams.worker.remote;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * What a worker asks of an engine beside it. Safe for many threads.
 *
 * <p>Calls throw {@link EngineProblem} if it has not done what was asked; a future fails with one.
 */
interface EngineServer extends AutoCloseable {
  /** Its address, without secrets. */
  String address();

  /** Whether it is up and well; returns or throws. */
  void requireHealthy() throws EngineProblem;

  /** Tokens of prompt and response together that it has room for, if it says so. */
  OptionalInt maxTokens() throws EngineProblem;

  /** Whether it holds its requests. */
  boolean isPaused() throws EngineProblem;

  /**
   * Holds its requests where they are, between two tokens, and forgets what prompts left behind.
   */
  void pause() throws EngineProblem;

  /** Goes on with them. */
  void resume() throws EngineProblem;

  /** What it calls its weights. */
  String label() throws EngineProblem;

  /** Says what it is to call its weights, for all tokens from now on. */
  void label(String name) throws EngineProblem;

  /** Reads the weights of a model directory, which it sees under the same path. */
  void load(Path directory) throws EngineProblem;

  /** Draws a response; whoever cancels the future hangs up, and the engine forgets it. */
  CompletableFuture<EngineDraw> draw(DrawRequest request);

  @Override
  void close();
}
