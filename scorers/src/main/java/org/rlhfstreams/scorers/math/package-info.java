/** Owns the verifier of mathematical answers: finds the answer in a response, compares values. */
package org.rlhfstreams.scorers.math;
