/** Owns whole runs: which processes make one up, in which order they start, and how they end. */
package org.rlhfstreams.cli.run;
