/** Owns the scorer of the language that a response is written in. */
package org.rlhfstreams.scorers.language;
