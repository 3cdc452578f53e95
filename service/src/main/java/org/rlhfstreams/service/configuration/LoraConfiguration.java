package org.rlhfstreams.service.configuration;

import java.util.List;

/** Low-rank adapters (Hu et al. 2022) in place of training the policy's every weight. */
public record LoraConfiguration(
    @Setting(
            value = "0",
            range = "[0, 65536]",
            description = "Rank of the adapters; 0 trains every weight.")
        int rank,
    @Setting(
            value = "16",
            range = "(0, inf)",
            description = "The adapters' change is multiplied by alpha / rank.")
        double alpha,
    @Setting(
            value = "",
            description =
                "Matrices with an adapter, such as q_proj,v_proj; those of queries and values when"
                    + " empty.")
        List<String> targetModules) {
  public LoraConfiguration {
    targetModules = List.copyOf(targetModules);
  }

  /** Whether adapters are trained. */
  public boolean enabled() {
    return rank > 0;
  }
}
