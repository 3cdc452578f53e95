/** Owns synthetic people: what they like, and how they judge a comparison. Touches texts alone. */
package org.rlhfstreams.evaluation.annotator;
