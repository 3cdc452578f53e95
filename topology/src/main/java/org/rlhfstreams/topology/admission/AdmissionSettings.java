package org.rlhfstreams.topology.admission;

import java.util.List;
import org.rlhfstreams.events.SamplingSettings;

/**
 * What admission decides by, beside what the learner states of its run.
 *
 * @param staleness eta of {@link StalenessBound}
 * @param promptEpochs passes over the prompts; 0 repeats them for ever
 * @param restRounds rounds that leave a prompt out after all its samples earned the same; 0 for
 *     none
 * @param samples responses of each request
 * @param sampling written into each request
 * @param metadata of a prompt that travels on with its requests, by name
 */
public record AdmissionSettings(
    double staleness,
    int promptEpochs,
    int restRounds,
    int samples,
    SamplingSettings sampling,
    List<String> metadata) {
  /** Copies the list. */
  public AdmissionSettings {
    metadata = List.copyOf(metadata);
  }
}
