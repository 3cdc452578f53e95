package org.rlhfstreams.service.configuration;

import org.rlhfstreams.common.ExplainedException;

/** A setting that cannot be used. The message names key, value, source and what was expected. */
public final class ConfigurationException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  /** Takes one line for each problem found. */
  public ConfigurationException(String message) {
    super(MISUSED, message, null);
  }
}
