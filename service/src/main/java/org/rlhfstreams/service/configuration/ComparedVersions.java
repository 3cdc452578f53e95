package org.rlhfstreams.service.configuration;

/** Which responses to one prompt are compared. */
public enum ComparedVersions {
  /** Only those of one policy version. */
  SAME,
  /** Those of any two versions that are not expired. */
  ANY
}
