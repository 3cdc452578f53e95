/**
 * Owns Hugging Face model directories: where they are found, safetensors, reading, saving and
 * converting, byte for byte as Hugging Face's own libraries write them. Plain files, buffers and
 * arrays; knows no tensor engine and no Kafka.
 */
package org.rlhfstreams.model.files;
