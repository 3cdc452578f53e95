/** Owns the entry point: the {@code rlhf} command, its exit codes and how it says what is wrong. */
package org.rlhfstreams.cli;
