package org.rlhfstreams.topology.admission;

import org.rlhfstreams.events.SamplingSettings;

/**
 * What admission decides by.
 *
 * @param promptEpochs passes over the prompts; 0 repeats them for ever
 * @param samples responses of each request
 * @param sampling written into each request
 * @param objective whose steps count
 */
public record AdmissionSettings(
    StalenessBound bound,
    int promptEpochs,
    int samples,
    SamplingSettings sampling,
    String objective) {}
