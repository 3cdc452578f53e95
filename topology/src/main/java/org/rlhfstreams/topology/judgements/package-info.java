/**
 * Owns what becomes of people's answers: whom to trust how much, how far they agree, and the
 * preference that follows from a question's answers. A pure function of the log.
 */
package org.rlhfstreams.topology.judgements;
