package org.rlhfstreams.service.configuration;

/** How a role says what happens. */
public enum LogFormat {
  /** Lines for people. */
  TEXT,
  /** An object a line, for a collector of logs. */
  JSON
}
