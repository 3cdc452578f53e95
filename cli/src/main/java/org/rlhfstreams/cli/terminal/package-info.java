/** Owns what people see while something runs: progress on a terminal or line by line. */
package org.rlhfstreams.cli.terminal;
