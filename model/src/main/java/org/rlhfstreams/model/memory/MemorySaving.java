package org.rlhfstreams.model.memory;

/**
 * A setting that makes a process smaller.
 *
 * @param setting with its value, as {@code lora.rank = 16}
 * @param bytes by how much, roughly
 */
public record MemorySaving(String setting, long bytes) {}
