/**
 * Owns what a language model looks like: the architectures that a {@code config.json} can name, one
 * a file, their options, and the tensors that they ask for, in order. Plain data; knows no files
 * but the one that it is handed as JSON, no tensor engine and no Kafka.
 */
package org.rlhfstreams.model.architecture;
