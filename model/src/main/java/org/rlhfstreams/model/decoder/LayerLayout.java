package org.rlhfstreams.model.decoder;

import org.rlhfstreams.model.files.ModelConfiguration;

/**
 * Where a layer's optional tensors stand among its own; 0 where there are none, since a norm stands
 * there.
 *
 * @param stride tensors a layer
 * @param attentionBias first of q, k, v, o biases
 * @param feedForwardBias first of gate, up, down biases
 */
record LayerLayout(int stride, int attentionBias, int feedForwardBias) {
  private static final int MATRICES_AND_NORMS = 9;

  static LayerLayout of(ModelConfiguration configuration) {
    int next = MATRICES_AND_NORMS;
    int attention = configuration.attentionBias() ? next : 0;
    next += configuration.attentionBias() ? 4 : 0;
    int feedForward = configuration.feedForwardBias() ? next : 0;
    next += configuration.feedForwardBias() ? 3 : 0;
    return new LayerLayout(next, attention, feedForward);
  }
}
