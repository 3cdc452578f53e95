/** Owns benchmarks: each compares two ways in one run, alternating, and reports the ratio. */
package org.rlhfstreams.bench;
