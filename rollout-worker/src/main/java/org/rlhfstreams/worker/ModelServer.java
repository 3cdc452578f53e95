package org.rlhfstreams.worker;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.GenerationLoad;
import org.rlhfstreams.model.memory.InferenceMemory;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.memory.MemorySaving;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.service.http.FreePort;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.worker.completion.CompletionLimits;
import org.rlhfstreams.worker.completion.CompletionService;
import org.rlhfstreams.worker.openai.OpenAiRoutes;

/**
 * One model directory behind the OpenAI-compatible endpoint, without a broker: its weights never
 * change.
 */
public final class ModelServer implements AutoCloseable {
  /** Tokens of prompt and completion that the memory check counts for each slot. */
  private static final int CHECKED_TOKENS = 2048;

  private final ShutdownSequence opened = new ShutdownSequence();
  private final CompletableFuture<Void> loaded;
  private final OperationsEndpoint endpoint;

  private ModelServer(ModelDirectory model, ComputeType type, ModelServerSettings settings) {
    ComputeDevice.select(settings.device());
    Tokenizer tokenizer = opened.addNative(Tokenizer.open(model.path(), model.configuration()));
    CompletionService completions =
        opened.add(
            new CompletionService(
                model,
                type,
                tokenizer,
                new CompletionLimits(settings.slots(), settings.queue(), settings.queueSetting()),
                new FixedWeights()));
    CompletableFuture<Void> loading = new CompletableFuture<>();
    this.endpoint =
        opened.add(
            OperationsEndpoint.start(
                settings.host(),
                settings.port(),
                settings.portSetting(),
                () ->
                    loading.isCompletedExceptionally()
                        ? Optional.of("the weights cannot be loaded; the log says why")
                        : Optional.empty(),
                () ->
                    loading.isDone()
                        ? Optional.empty()
                        : Optional.of("the weights are being loaded"),
                new OpenAiRoutes(settings.name(), model, tokenizer, completions)));
    completions
        .open()
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                loading.complete(null);
              } else {
                loading.completeExceptionally(failure);
              }
            });
    this.loaded = loading;
  }

  /**
   * Starts to serve; requests wait until the weights are loaded.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with the model
   * @throws org.rlhfstreams.service.kafka.ConnectionException if its port is taken
   */
  public static ModelServer start(
      ModelDirectory model, ComputeType type, ModelServerSettings settings) {
    return new ModelServer(model, type, settings);
  }

  /**
   * Checks what settings and files tell, before weights are read.
   *
   * @throws org.rlhfstreams.common.ExplainedException as {@link #start} would
   */
  public static void require(ModelDirectory model, ComputeType type, ModelServerSettings settings) {
    LanguageModel.require(model);
    Path path = model.path();
    Tokenizer.open(path, model.configuration()).close();
    FreePort.require(settings.host(), settings.port(), settings.portSetting());
    ComputeDevice.require(settings.device());
    MachineMemory.require(memory(model, type, settings), "serving " + path, settings.goOn());
  }

  /** What it will need, by settings and {@code config.json} alone. */
  private static MemoryNeeds memory(
      ModelDirectory model, ComputeType type, ModelServerSettings settings) {
    int tokens = Math.min(CHECKED_TOKENS, model.configuration().maxPositions());
    MemoryNeeds needs =
        InferenceMemory.generating(
            "server",
            model.configuration(),
            type,
            new GenerationLoad(settings.slots(), (tokens + 1) / 2, tokens),
            0,
            settings.slotsSetting());
    return new MemoryNeeds(
        needs.roles(),
        needs.savings().stream()
            .map(
                saving ->
                    new MemorySaving(
                        saving.setting().replace("model.dtype = ", "--dtype "), saving.bytes()))
            .toList());
  }

  /** Completes when the weights are loaded; exceptionally if they cannot be. */
  public CompletableFuture<Void> loaded() {
    return loaded;
  }

  /** Where completions, health and metrics are served. */
  public OperationsEndpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    opened.close();
  }
}
