/** Owns data files: reading them into events and prompts, and writing results. */
package org.rlhfstreams.cli.data;
