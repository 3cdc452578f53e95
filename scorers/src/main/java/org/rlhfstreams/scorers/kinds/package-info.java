/** Owns the registry of the built-in kinds of scorers. */
package org.rlhfstreams.scorers.kinds;
