package org.rlhfstreams.model.architecture;

import java.util.List;

/** All architectures that are supported. */
final class Architectures {
  static final List<Architecture> ALL =
      List.of(
          new LlamaArchitecture(),
          new MistralArchitecture(),
          new Qwen2Architecture(),
          new Qwen3Architecture(),
          new Gpt2Architecture());

  private Architectures() {}
}
