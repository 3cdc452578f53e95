/** Owns the scorer that checks JSON against a schema. */
package org.rlhfstreams.scorers.json;
