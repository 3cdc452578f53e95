package org.rlhfstreams.service.configuration;

/** What samples the responses of a rollout worker. */
public enum EngineKind {
  /** The decoder of the worker's own process. */
  DECODER,
  /** A vLLM server beside the worker. */
  VLLM
}
