package org.rlhfstreams.service.configuration;

/** A setting that cannot be used. The message names key, value, source and what was expected. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Takes one line for each problem found. */
  public ConfigurationException(String message) {
    super(message);
  }
}
