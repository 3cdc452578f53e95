/**
 * Owns Hugging Face model directories: the configuration, safetensors, which tensors a
 * configuration asks for, reading and saving. Plain files and arrays; knows no tensor engine and no
 * Kafka.
 */
package org.rlhfstreams.model.files;
