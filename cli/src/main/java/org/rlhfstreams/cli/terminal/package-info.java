/** Owns what people see of training while it runs: a panel on a terminal, or lines. */
package org.rlhfstreams.cli.terminal;
