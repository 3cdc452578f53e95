package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.completion.Completion;
import org.rlhfstreams.model.completion.CompletionPiece;
import org.rlhfstreams.worker.completion.CompletionJob;
import org.rlhfstreams.worker.completion.CompletionService;
import org.rlhfstreams.worker.completion.JobListener;

/**
 * One request's answer, whole or as server-sent events. What the thread that writes completions
 * says is taken over to the event loop, in order; a caller who hangs up cancels the job.
 */
final class AnswerWriter implements JobListener {
  private final Context context;
  private final HttpServerResponse response;
  private final String promptField;
  private final boolean streamed;
  private final boolean includeUsage;
  private final Envelope envelope;
  private final Completion[] completions;
  private int unfinished;
  private boolean done;

  /**
   * @param context of the event loop that the request arrived on
   * @param promptField for messages about the prompt
   */
  AnswerWriter(
      Context context,
      HttpServerResponse response,
      String promptField,
      ApiRequest request,
      Envelope envelope) {
    this.context = context;
    this.response = response;
    this.promptField = promptField;
    this.streamed = request.stream();
    this.includeUsage = request.includeUsage();
    this.envelope = envelope;
    this.completions = new Completion[request.prompts().size() * request.samples()];
    this.unfinished = completions.length;
  }

  /** Cancels a job when the caller hangs up. */
  void follow(CompletionJob job, CompletionService service) {
    response.closeHandler(
        closed -> {
          if (!done) {
            done = true;
            service.cancel(job);
          }
        });
  }

  @Override
  public void wrote(int index, CompletionPiece piece, WeightVersion version) {
    onLoop(() -> event(envelope.part(index, piece, version)));
  }

  @Override
  public void finished(int index, Completion completion, WeightVersion version) {
    onLoop(() -> finish(index, completion, version));
  }

  @Override
  public void failed(RuntimeException failure) {
    onLoop(() -> fail(failure));
  }

  private void onLoop(Runnable task) {
    context.runOnContext(
        ignored -> {
          if (!done) {
            task.run();
          }
        });
  }

  private void finish(int index, Completion completion, WeightVersion version) {
    completions[index] = completion;
    unfinished--;
    if (streamed) {
      event(envelope.end(index, completion, version));
    }
    if (unfinished > 0) {
      return;
    }
    done = true;
    if (!streamed) {
      Responses.json(response, 200, envelope.whole(completions, version));
      return;
    }
    if (includeUsage) {
      event(envelope.count(completions, version));
    }
    response.end("data: [DONE]\n\n");
  }

  private void fail(RuntimeException failure) {
    done = true;
    ApiException error = Responses.error(failure, promptField);
    if (response.headWritten()) {
      event(error.json());
      response.end();
    } else {
      Responses.error(response, error);
    }
  }

  private void event(ObjectNode json) {
    if (!response.headWritten()) {
      response
          .putHeader("Content-Type", "text/event-stream; charset=utf-8")
          .putHeader("Cache-Control", "no-cache")
          .setChunked(true);
    }
    response.write("data: " + json + "\n\n");
  }
}
