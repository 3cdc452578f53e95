package org.rlhfstreams.service.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A rollout worker. */
public record RolloutWorkerConfiguration(
    @Setting(value = "32", range = "[1, inf)", description = "Responses sampled side by side.")
        int batchSize,
    @Setting(
            description =
                "Name of this worker in rollouts and logs; host and process when not set.")
        Optional<String> workerId,
    @Setting(
            value = "0",
            range = "[0, 65535]",
            description = "Port of health, metrics and completions; 0 takes a free one.")
        int httpPort,
    @Setting(
            value = "8",
            range = "[1, inf)",
            description = "Completions asked for over HTTP that are written side by side.")
        int completionSlots,
    @Setting(
            value = "64",
            range = "[0, inf)",
            description =
                "Completions asked for over HTTP that may wait; more are refused until some are"
                    + " finished.")
        int completionQueue,
    @Setting(value = "200ms", description = "How long one look for new requests may wait.")
        Duration pollTimeout,
    @Setting(
            value = "false",
            description =
                "Whether this process puts versions of the policy to held-out prompts, instead of"
                    + " sampling what is learned from.")
        boolean evaluation,
    @Setting(
            value = "decoder",
            description =
                "What samples: decoder, that of this process, or vllm, a vLLM server beside it.")
        EngineKind engine,
    @Setting(description = "Where the engine is asked, such as http://127.0.0.1:8000.")
        Optional<String> engineUrl,
    @Setting(description = "What the engine asks its callers for, if it does (its --api-key).")
        Optional<String> engineKey,
    @Setting(description = "A file with that, read for each request.") Optional<Path> engineKeyFile,
    @Setting(
            value = "64",
            range = "[1, inf)",
            description = "Responses that the engine is asked for side by side.")
        int engineConcurrency,
    @Setting(
            value = "10m",
            description = "How long one response of the engine may take; then it is asked again.")
        Duration engineTimeout,
    @Setting(
            description =
                "Directory, of this worker alone, in which the engine finds versions of the policy,"
                    + " under the same path; one in memory when not set.")
        Optional<Path> engineDirectory) {

  /** Responses sampled side by side, by whatever samples. */
  public int slots() {
    return engine == EngineKind.DECODER ? batchSize : engineConcurrency;
  }

  /** The configured name, or {@code host-process}. */
  public String workerIdOrDefault() {
    return workerId.orElseGet(ProcessIdentity::current);
  }
}
