package org.rlhfstreams.service.configuration;

/**
 * A value as it was written, before it is given a type.
 *
 * @param key full key, such as {@code learner.learning-rate}
 * @param value the text
 * @param source where it was written: {@code rlhf.yaml:3}, the environment variable or the flag
 */
record ConfiguredValue(String key, String value, String source) {}
